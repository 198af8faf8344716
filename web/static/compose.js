// The box to write in: the draft, its length, the agenda item it is about, and why it cannot be sent just now.

import { announce } from "./announcer.js";
import { secondsLeft } from "./item_intake.js";
import { mark, say, show } from "./parts.js";
import { SecondLook } from "./second_look.js";
import { agenda, item, meeting } from "./store.js";
import { _, n_ } from "./texts.js";

const LONGEST = 500;
const FEW_LEFT = 60;
const PAUSE_IN_TYPING = 1200;
const SOON = 100;
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const HALVES = /\p{Surrogate}/gu; // half an emoji, as cutting leaves it: it cannot be sent

export class Compose {
  // `hearing` knows which item is heard now; `onSend(item, text, follows)`: `follows` if the item is that one, and nobody
  // chose it.
  constructor(keep, hearing, onSend) {
    Object.assign(this, { keep, hearing, onSend });
    this.form = document.getElementById("compose");
    [this.select, this.area] = ["item", "text"].map((id) => document.getElementById(id));
    [this.counter, this.why, this.moved] = ["counter", "why", "moved"].map((id) => document.getElementById(id));
    this.chosen = false;
    this.look = new SecondLook({ onChange: (words) => this.#pointAt(words), onSend: () => this.#sendAnyway() });
    this.#restore();
    this.#listen();
  }

  draw(state) {
    this.state = state;
    this.#drawItems();
    this.#follow();
    this.#drawIntake();
    this.#drawCounter();
    this.#drawAgainInTime();
  }

  get isEmpty() {
    return this.area.value.trim() === "";
  }

  // Puts a text back into the box, for its author to change or send again.
  take({ item, text }) {
    this.area.value = text;
    this.#choose(item);
    this.#changed();
    this.area.focus();
  }

  // Says beside the box why its text came back.
  explain(words) {
    this.complaint = words;
    this.#drawIntake();
  }

  #listen() {
    this.form.addEventListener("submit", (event) => this.#submit(event));
    this.area.addEventListener("input", () => this.#changed());
    this.area.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.#submit(event);
    });
    this.select.addEventListener("change", () => this.#choose(this.select.value));
    this.moved.querySelector("button").addEventListener("click", () => this.#moveAlong());
  }

  #submit(event) {
    event.preventDefault();
    const problem = this.#problem();
    if (problem) return this.#tell(problem);
    if (this.look.asks(cleaned(this.area.value), this.state)) return undefined;
    return this.#send();
  }

  #sendAnyway() {
    const problem = this.#problem(); // Intake may have closed while its author thought.
    if (problem) return this.#tell(problem);
    this.area.focus();
    return this.#send();
  }

  #send() {
    const follows = !this.chosen && this.select.value === this.#heard?.id;
    this.onSend(this.select.value, cleaned(this.area.value), follows);
    this.area.value = "";
    this.chosen = false;
    this.#changed();
    this.draw(this.state);
  }

  #pointAt(words) {
    const place = this.area.value.indexOf(words);
    this.look.close();
    this.area.focus();
    if (words && place >= 0) this.area.setSelectionRange(place, place + words.length);
  }

  #problem() {
    const intake = this.#whyClosed();
    if (intake) return { words: intake, at: this.area };
    if (this.isEmpty) return { words: _("Skriv något först."), at: this.area };
    if (this.#left() < 0) return { words: _("Kommentaren är för lång. Korta den lite."), at: this.area };
    if (!this.select.value) return { words: _("Välj vilken punkt kommentaren gäller."), at: this.select };
    return null;
  }

  // Why nothing is taken stands there already, for as long as it is so.
  #tell({ words, at }) {
    if (words !== this.#whyClosed()) this.explain(words);
    announce(words);
    at.focus();
  }

  #choose(item) {
    if (this.select.querySelector(`option[value="${CSS.escape(item)}"]`)) this.select.value = item;
    this.chosen = true;
    this.#changed();
    this.#follow();
  }

  #changed() {
    this.complaint = null;
    this.look.close();
    this.keep.draft = { item: this.select.value, text: this.area.value, chosen: this.chosen };
    this.#drawCounter();
    if (this.state) this.#drawIntake();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.#announceLength(), PAUSE_IN_TYPING);
  }

  #restore() {
    const draft = this.keep.draft;
    if (!draft) return;
    this.area.value = draft.text;
    this.chosen = draft.chosen;
    this.restored = draft.item;
  }

  #drawItems() {
    const options = [...this.select.options].slice(1);
    const items = agenda(this.state);
    for (const [n, { id, number, title }] of items.entries()) {
      const option = options[n] ?? this.select.appendChild(document.createElement("option"));
      option.value = id;
      say(option, secondsLeft(this.state, id) ? `${number}. ${title}` : `${number}. ${title} (${_("tar inte emot kommentarer")})`);
    }
    for (const option of options.slice(items.length)) option.remove();
    if (this.restored && (this.chosen || !this.isEmpty)) this.select.value = this.restored;
    this.restored = null;
  }

  // An item's grace ends by the clock.
  #drawAgainInTime() {
    clearTimeout(this.ending);
    const left = agenda(this.state).map(({ id }) => secondsLeft(this.state, id)).filter((seconds) => seconds > 0 && seconds < Infinity);
    if (left.length) this.ending = setTimeout(() => this.draw(this.state), Math.min(...left) * 1000 + SOON);
  }

  get #heard() {
    return this.hearing.item(this.state) ?? agenda(this.state)[0];
  }

  // The agenda item that is heard is preset (before the meeting has come to one: the first), but nothing is changed
  // under the hand of somebody who writes or has chosen.
  #follow() {
    const current = this.#heard;
    const busy = this.chosen || !this.isEmpty;
    if (current && (!busy || !this.select.value)) this.select.value = current.id;
    const left = current && busy && !this.chosen && this.select.value !== current.id;
    show(this.moved, Boolean(left));
    if (left) this.#drawMoved(current);
  }

  #drawMoved(current) {
    const own = item(this.state, this.select.value);
    const words = _("Mötet har gått vidare till punkt %(now)s. Din kommentar gäller punkt %(own)s.", {
      now: current.number,
      own: own?.number ?? "–",
    });
    say(this.moved.querySelector("span"), words);
    say(this.moved.querySelector("button"), _("Byt till punkt %(now)s", { now: current.number }));
  }

  #moveAlong() {
    this.select.value = this.#heard?.id ?? this.select.value;
    this.#changed();
    this.#follow();
    this.area.focus();
  }

  #drawIntake() {
    say(this.why, this.complaint ?? this.#whyClosed() ?? this.#closesSoon());
    mark(this.form.querySelector("[type=submit]"), "aria-disabled", this.#whyClosed() ? "true" : null);
  }

  #whyClosed() {
    const { intake, closed, paused_by: by } = meeting(this.state) ?? {};
    if (closed) return _("Du kan inte skicka just nu. Punkten behandlas bakom stängda dörrar. Det du skriver finns kvar.");
    if (intake === "not_open")
      return _("Du kan inte skicka än. Ordföranden öppnar för kommentarer när mötet börjar. Skriv gärna redan nu, texten finns kvar här.");
    if (intake === "paused") return pausedInWords(by);
    return this.#whyItemClosed();
  }

  #whyItemClosed() {
    const about = item(this.state, this.select.value);
    if (!about || secondsLeft(this.state, about.id)) return null;
    return _("Punkt %(number)s tar inte emot kommentarer just nu. Välj en annan punkt eller vänta. Det du skriver finns kvar.", { number: about.number });
  }

  #closesSoon() {
    const about = item(this.state, this.select.value);
    if (!about || secondsLeft(this.state, about.id) === Infinity) return "";
    return _("Punkt %(number)s stängs strax för kommentarer. Skicka nu om du vill hinna.", { number: about.number });
  }

  #left() {
    return LONGEST - [...cleaned(this.area.value)].length;
  }

  #drawCounter() {
    mark(this.counter, "data-over", this.#left() < 0);
    mark(this.area, "aria-invalid", this.#left() < 0 ? "true" : null);
    say(this.counter, this.#length());
  }

  #length() {
    const left = this.#left();
    if (left < 0) return n_("%(num)s tecken för mycket", "%(num)s tecken för mycket", -left);
    return n_("%(num)s tecken kvar", "%(num)s tecken kvar", left);
  }

  #announceLength() {
    if (this.#left() <= FEW_LEFT) announce(this.#length());
  }
}

function pausedInWords(by) {
  return {
    moderator: _("Du kan inte skicka just nu. Moderatorn har pausat kommentarerna. Det du skriver finns kvar tills de öppnas igen."),
    nobody: _("Du kan inte skicka just nu. Kommentarerna är pausade, för ingen moderator är inne. Det du skriver finns kvar tills de öppnas igen."),
  }[by] ?? _("Du kan inte skicka just nu. Ordföranden har pausat kommentarerna. Det du skriver finns kvar tills de öppnas igen.");
}

// As the server cleans a text before it counts.
function cleaned(text) {
  return text.replace(/\r\n?/g, "\n").replace(UNSEEN, "").replace(HALVES, "").normalize("NFC").trim();
}
