// Captions for residents: the last lines of what is said in the room, on or off, as large as one needs them. What one
// has chosen is remembered by this tab alone.

import { languageName } from "./languages.js";
import { drawList, mark, part, say, show } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

const SIZES = ["small", "medium", "large", "largest"];
const LIFE = 120_000; // as long as the server keeps them
const USUAL = { on: true, size: "medium", language: null };

export class Captions {
  constructor(id, language) {
    this.key = `livechat:${id}:captions`;
    this.language = language; // that of the meeting
    this.section = document.getElementById("captions");
    this.choice = { ...USUAL, ...this.#recall() };
    this.last = [];
    this.known = []; // the languages there have been
    this.#listen();
  }

  came(last) {
    clearTimeout(this.fading);
    if (last.length) this.fading = setTimeout(() => this.came([]), LIFE); // On a lost line nobody says that it is old.
    this.last = last;
    for (const { language } of last) if (!this.known.includes(language)) this.known.push(language);
    this.#draw();
  }

  draw(state) {
    this.closed = Boolean(meeting(state)?.closed);
    if (this.closed) this.last = []; // The word that all is gone may have been missed.
    this.#draw();
  }

  // A rehearsal has ended, or begun: what was said before is not of this meeting.
  beginAnew() {
    [this.last, this.known] = [[], []];
    this.#draw();
  }

  // Somebody else sits here now.
  forget() {
    this.#write({ ...USUAL });
  }

  #draw() {
    const shown = this.known.length > 0 && !this.closed;
    show(this.section, shown);
    mark(this.section, "data-on", shown && this.choice.on ? "true" : null);
    mark(this.section, "data-size", this.choice.size);
    mark(this.#part("switch"), "aria-pressed", String(this.choice.on));
    for (const name of ["said", "smaller", "larger"]) show(this.#part(name), this.choice.on);
    this.#drawSizes();
    this.#drawLanguages();
    this.#drawSaid();
  }

  #drawSaid() {
    const caption = this.last.find(({ language }) => language === this.#chosen);
    say(this.#part("said"), caption?.text ?? _("Ingen textning just nu."));
    mark(this.#part("said"), "lang", caption?.language ?? null);
  }

  #drawSizes() {
    const at = SIZES.indexOf(this.choice.size);
    mark(this.#part("smaller"), "aria-disabled", at === 0 ? "true" : null);
    mark(this.#part("larger"), "aria-disabled", at === SIZES.length - 1 ? "true" : null);
  }

  #drawLanguages() {
    const select = this.#part("language");
    show(select, this.choice.on && this.known.length > 1);
    drawList(select, this.known, {
      key: (language) => language,
      create: (language) => Object.assign(document.createElement("option"), { value: language }),
      update: (option, language) => say(option, languageName(language)),
    });
    if (select.value !== this.#chosen) select.value = this.#chosen;
  }

  // The language one has chosen; else the meeting's own, or one like it, or the first there is.
  get #chosen() {
    const wanted = [this.choice.language, this.language];
    return wanted.find((language) => this.known.includes(language)) ?? this.known.find((one) => one.startsWith(this.language)) ?? this.known[0];
  }

  #listen() {
    this.#part("switch").addEventListener("click", () => this.#choose({ on: !this.choice.on }));
    this.#part("smaller").addEventListener("click", () => this.#resize(-1));
    this.#part("larger").addEventListener("click", () => this.#resize(1));
    this.#part("language").addEventListener("change", (event) => this.#choose({ language: event.target.value }));
  }

  #resize(step) {
    this.#choose({ size: SIZES[SIZES.indexOf(this.choice.size) + step] ?? this.choice.size });
  }

  #choose(part) {
    this.#write({ ...this.choice, ...part });
    this.#draw();
  }

  #part(name) {
    return part(this.section, name);
  }

  #recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.key)) ?? {};
      return SIZES.includes(kept.size ?? USUAL.size) ? kept : {};
    } catch {
      return {};
    }
  }

  #write(choice) {
    this.choice = choice;
    try {
      sessionStorage.setItem(this.key, JSON.stringify(choice));
    } catch {
      // Then the choice lasts as long as the page.
    }
  }
}
