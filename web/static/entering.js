// A comment from a paper slip or a telephone call, typed in by a moderator. It waits like all others.

import { announce } from "./announcer.js";
import { drawSecret } from "./keep.js";
import { drawList, say, show } from "./parts.js";
import { agenda, currentItem, meeting as about } from "./store.js";
import { _ } from "./texts.js";

export class Entering {
  #secret = null; // of the slip that is on its way; kept until the answer, so that it is never entered twice

  constructor(meeting) {
    this.meeting = meeting;
    this.form = document.getElementById("enter");
    this.fields = this.form.elements;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.form.addEventListener("keydown", (event) => this.#onKey(event));
    document.getElementById("enter-close").addEventListener("click", () => this.close());
    document.getElementById("enter-open").addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
  }

  get isOpen() {
    return !this.form.hidden;
  }

  open() {
    if (!this.fields.text.value) this.fields.about.value = currentItem(this.meeting.state)?.id ?? agenda(this.meeting.state)[0]?.id;
    this.#show(true);
    this.fields.text.focus();
  }

  close() {
    this.#show(false);
    document.getElementById("enter-open").focus();
  }

  draw(state) {
    options(this.fields.about, agenda(state).map(({ id, number, title }) => [id, `${number}. ${title}`]));
    const bodies = about(state)?.bodies ?? [];
    options(this.fields.body, [["", _("ingen särskild")], ...bodies.map((body) => [body, body])]);
    show(document.getElementById("enter-by"), bodies.length > 0);
  }

  #show(open) {
    show(this.form, open);
    document.getElementById("enter-open").setAttribute("aria-expanded", String(open));
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#send();
    else return;
    event.preventDefault();
  }

  // The text stays until the server has said that it is kept.
  async #send() {
    if (this.sending) return;
    const { about: place, text, body } = this.fields;
    this.#secret ??= drawSecret();
    this.sending = true;
    this.#tell(_("Skriver in…"));
    const command = { type: "enter_comment", secret: this.#secret, item: place.value, text: text.value, body: body.value };
    const answer = await this.meeting.give(command);
    this.sending = false;
    if (answer.type === "lost") return this.#tell(_("Ingen kontakt. Skicka igen när kontakten är tillbaka; den skrivs bara in en gång."));
    this.#secret = null;
    if (answer.type !== "ack") return this.#tell(answer.message);
    text.value = "";
    text.focus();
    this.#tell(_("Inskriven. Den väntar på granskning som alla andra."));
  }

  #tell(words) {
    say(document.getElementById("enter-told"), words);
    announce(words);
  }
}

function options(select, entries) {
  const before = select.value;
  drawList(select, entries, { key: ([value]) => value, create: ([value]) => newOption(value), update: (option, [, words]) => say(option, words) });
  if (before && select.value !== before) select.value = before;
}

function newOption(value) {
  const option = document.createElement("option");
  option.value = value;
  return option;
}
