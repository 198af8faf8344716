// Where staff write what everybody is told: ready words with a time to fill in, or their own.

import { noticeFor } from "./staff_notice.js";
import { mark, part, say, show } from "./parts.js";
import { _ } from "./texts.js";

const LANGUAGES = ["sv", "en", "fi"];

export class NoticePanel {
  #ready = null; // the words that the time goes into, by language

  constructor(meeting) {
    this.meeting = meeting;
    this.panel = document.getElementById("notice-panel");
    this.form = part(this.panel, "form");
    for (const button of this.panel.querySelectorAll("[data-ready]"))
      button.addEventListener("click", () => this.#take(JSON.parse(button.dataset.ready)));
    this.form.elements.time.addEventListener("input", () => this.#fill());
    this.form.addEventListener("submit", (event) => this.#post(event));
    part(this.panel, "take-down").addEventListener("click", () => this.#takeDown());
  }

  draw(state) {
    const now = noticeFor(state, "sv");
    show(part(this.panel, "up"), now !== null);
    say(part(this.panel, "now"), now?.text ?? "");
  }

  #take(ready) {
    this.#ready = ready;
    const asksForTime = ready.sv.includes("%(time)s");
    show(part(this.panel, "till"), asksForTime);
    this.#fill();
    (asksForTime ? this.form.elements.time : this.form.querySelector("[type=submit]")).focus();
  }

  #fill() {
    for (const language of LANGUAGES) this.form.elements[language].value = this.#words(language);
  }

  #words(language) {
    const time = this.form.elements.time.value;
    const written = language === "en" ? time : time.replace(":", ".");
    return (this.#ready?.[language] ?? "").replace("%(time)s", written || "…");
  }

  async #post(event) {
    event.preventDefault();
    const written = LANGUAGES.map((language) => [language, this.form.elements[language].value.trim()]);
    if (this.#lacksTime()) return this.#miss(this.form.elements.time, _("Fyll i klockslaget först."));
    if (!this.form.elements.sv.value.trim()) return this.#miss(this.form.elements.sv, _("Skriv meddelandet på svenska först."));
    const texts = Object.fromEntries(written.filter(([, text]) => text));
    if (await this.#give({ type: "post_notice", texts }, _("Meddelandet visas nu för alla."))) this.#empty();
    return undefined;
  }

  #lacksTime() {
    const { sv, time } = this.form.elements;
    return Boolean(this.#ready?.sv.includes("%(time)s")) && !time.value && sv.value.includes("…");
  }

  async #takeDown() {
    const gone = await this.#give({ type: "take_down_notice" }, _("Meddelandet visas inte längre."));
    if (gone) this.form.elements.sv.focus(); // The button goes away with the notice.
  }

  #miss(field, words) {
    say(part(this.panel, "told"), words);
    field.focus();
  }

  async #give(command, done) {
    mark(this.form, "aria-busy", "true");
    const { type, message } = await this.meeting.give(command);
    mark(this.form, "aria-busy", null);
    say(part(this.panel, "told"), type === "ack" ? done : (message ?? _("Ingen kontakt. Försök igen när kontakten är tillbaka.")));
    return type === "ack";
  }

  #empty() {
    this.form.reset();
    this.#ready = null;
    show(part(this.panel, "till"), false);
  }
}
