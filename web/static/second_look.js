// A second look at a comment before it is sent: what in it seems to be data about somebody, why that matters, and
// where to turn with a matter of one's own. The author changes the text or sends it anyway; nothing is held back.

import { drawList, part, say, show } from "./parts.js";
import { agenda, meeting } from "./store.js";
import { _ } from "./texts.js";

export class SecondLook {
  // `onChange(words)`: the author wants to change the text, where these words stand; `onSend()`: it may go as it is.
  constructor({ onChange, onSend }) {
    this.section = document.getElementById("second-look");
    this.find = () => [];
    // Looked up on its own: where it does not load, or stumbles, comments are sent as if it were not there.
    import("./identity.js").then(({ identityIn }) => (this.find = identityIn), () => {});
    part(this.section, "change").addEventListener("click", () => onChange(this.found[0]?.words ?? ""));
    part(this.section, "send").addEventListener("click", onSend);
  }

  // Whether the author should look once more; if so, the question is asked. What fails here holds nobody up.
  asks(text, state) {
    try {
      this.found = this.find(text, known(state));
      if (this.found.length > 0) this.#ask(meeting(state));
      return this.found.length > 0;
    } catch {
      return false;
    }
  }

  close() {
    show(this.section, false);
  }

  #ask(meeting) {
    this.#draw(meeting);
    show(this.section, true);
    part(this.section, "title").focus(); // Read aloud from there; the buttons are next.
  }

  #draw(meeting) {
    drawList(part(this.section, "found"), this.found, {
      key: ({ code, words }) => `${code} ${words}`,
      create: () => document.createElement("li"),
      update: (element, { code, words }) => say(element, `${inWords(code)}: ${words}`),
    });
    say(part(this.section, "contact"), meeting?.contact ?? "");
    show(part(this.section, "contact"), Boolean(meeting?.contact));
    drawList(part(this.section, "channels"), meeting?.channels ?? [], {
      key: ({ id }) => id,
      create: newChannel,
      update: (element, { name, url }) => {
        say(element.firstElementChild, name);
        element.firstElementChild.href = url;
      },
    });
    show(part(this.section, "where"), Boolean(meeting?.contact || meeting?.channels?.length));
  }
}

function newChannel() {
  const link = document.createElement("a");
  Object.assign(link, { rel: "noreferrer", target: "_blank" });
  const element = document.createElement("li");
  element.append(link);
  return element;
}

// What the meeting says of itself: whoever quotes it gives nobody away.
function known(state) {
  const { contact = "", channels = [] } = meeting(state) ?? {};
  const documents = agenda(state).flatMap(({ documents }) => documents.map(({ url }) => url));
  return [contact, ...channels.map(({ about, url }) => `${about} ${url}`), ...documents].join(" ");
}

function inWords(code) {
  return {
    personnummer: _("personnummer"),
    phone: _("telefonnummer"),
    email: _("e-postadress"),
    payment: _("kortnummer"),
    plate: _("registreringsnummer"),
  }[code];
}
