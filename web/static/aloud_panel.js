// The chair's buttons for reading aloud: here on the tablet, or by the display in the room.

import { Aloud, toRead } from "./aloud.js";
import { mark, say, show } from "./parts.js";
import { discussing } from "./store.js";
import { _ } from "./texts.js";

const at = (id) => document.getElementById(id);

export class AloudPanel {
  #told = "";

  constructor(meeting, onChange) {
    Object.assign(this, { meeting, onChange });
    this.aloud = new Aloud(onChange);
    at("aloud-here").addEventListener("click", () => this.#readHere());
    at("aloud-display").addEventListener("click", () => this.#ask(discussing(this.meeting.state)?.id ?? null));
    at("aloud-stop").addEventListener("click", () => this.#stop());
  }

  draw(state) {
    this.aloud.draw(state);
    const lack = this.aloud.lackInWords(state);
    const none = lack && !this.aloud.voice.failed;
    const reads = this.aloud.reads || this.#displayReads;
    show(at("aloud"), toRead(state) !== null);
    offer(reads ? ["aloud-stop"] : ["aloud-here", "aloud-display"]);
    mark(at("aloud-here"), "aria-disabled", none ? "true" : null);
    say(at("aloud-told"), this.#told || this.#inWords() || lack);
  }

  get #displayReads() {
    return this.meeting.ready && Boolean(this.meeting.moment.aloud);
  }

  #readHere() {
    this.#told = "";
    this.aloud.read(this.meeting.state);
    this.onChange();
  }

  #stop() {
    this.aloud.stop();
    if (this.#displayReads) this.#ask(null);
    else this.onChange();
  }

  async #ask(comment) {
    const { type, message } = await this.meeting.readAloud(comment);
    this.#told = type === "ack" ? "" : (message ?? _("Ingen kontakt. Försök igen när kontakten är tillbaka."));
    this.onChange();
  }

  #inWords() {
    if (this.aloud.voice.refused) return _("Webbläsaren lät inte sidan läsa upp. Tryck en gång till.");
    if (this.aloud.reads) return _("Läses upp här.");
    if (this.#displayReads) return _("Läses upp på skärmen. Hörs inget: tryck en gång på skärmen i rummet, eller läs upp här i stället.");
    return "";
  }
}

// Only these buttons. Whoever had the focus on one that goes finds it on one that came.
function offer(ids) {
  const buttons = [...at("aloud").querySelectorAll("button")];
  const had = buttons.find((button) => button === document.activeElement);
  for (const button of buttons) show(button, ids.includes(button.id));
  if (had?.hidden) at(ids[0]).focus();
}
