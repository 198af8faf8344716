// "Hör inte", "För fort", "Förstår inte": a resident's taps. What is pressed here is counted there, for a minute.

import { announce } from "./announcer.js";
import { mark, say, show } from "./parts.js";
import { meeting as about } from "./store.js";
import { _ } from "./texts.js";

export class Signals {
  #ends = new Map(); // signal → the timer that ends it
  #lapsed = false;
  #trouble = "";
  #said = "";

  // `onChange()` asks the page to draw.
  constructor(meeting, onChange) {
    Object.assign(this, { meeting, onChange });
    this.section = document.getElementById("signals");
    this.buttons = [...this.section.querySelectorAll("[data-signal]")];
    for (const button of this.buttons) button.addEventListener("click", () => this.#toggle(button.dataset.signal));
  }

  // The line is another than before, and on it nothing is counted yet.
  sayAgain() {
    for (const signal of this.#ends.keys()) this.#give(signal, true);
  }

  draw() {
    show(this.section, !about(this.meeting.state)?.closed);
    for (const button of this.buttons) mark(button, "aria-pressed", String(this.#ends.has(button.dataset.signal)));
    const words = this.#inWords(this.meeting.moment.signals ?? []);
    say(document.getElementById("signals-told"), words);
    if (words && words !== this.#said) announce(words);
    this.#said = words;
  }

  #toggle(signal) {
    this.#lapsed = false;
    this.#give(signal, !this.#ends.has(signal));
  }

  async #give(signal, on) {
    const answer = await this.meeting.signal(signal, on);
    this.#trouble = answer.type === "ack" ? "" : troubleInWords(answer);
    if (answer.type === "ack") this.#note(signal, on ? answer.lasts : 0);
    this.onChange();
  }

  #note(signal, seconds) {
    clearTimeout(this.#ends.get(signal));
    this.#ends.delete(signal);
    if (seconds) this.#ends.set(signal, setTimeout(() => this.#lapse(signal), seconds * 1000));
  }

  #lapse(signal) {
    this.#ends.delete(signal);
    this.#lapsed = true;
    this.onChange();
  }

  #inWords(told) {
    const counted = [...this.#ends.keys()].filter((signal) => !told.includes(signal));
    const parts = [this.#trouble, ...told.map(toldInWords)];
    if (counted.length) parts.push(_("Räknat i en minut. Rummet får veta när flera säger samma sak. Tryck igen om det blir bättre."));
    else if (this.#lapsed && !this.#ends.size) parts.push(_("Minuten är slut. Tryck igen om det fortfarande är svårt."));
    return parts.filter(Boolean).join(" ");
  }
}

function toldInWords(signal) {
  return {
    inaudible: _("Rummet ser nu att flera inte hör."),
    hurried: _("Rummet ser nu att det går för fort för flera."),
    unclear: _("Rummet ser nu att flera inte förstår."),
  }[signal];
}

function troubleInWords({ type, message }) {
  return type === "lost" ? _("Ingen kontakt. Försök igen när kontakten är tillbaka.") : message;
}
