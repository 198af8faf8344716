// The moderator's decisions on their way, and what is told when one of them did not go through.

import { announce } from "./announcer.js";
import { coveredText } from "./flags.js";
import { outcomeInWords } from "./outcomes.js";
import { seatInWords } from "./staff_session.js";
import { _ } from "./texts.js";

const NOTICES = 3;

export class Decisions {
  #busy = new Map(); // comment id → the command's type
  #trouble = new Map(); // comment id → why it did not work
  notices = []; // {id, number, flags, words, text, passing}: colleagues who were first, latest last

  constructor(meeting, onChange) {
    Object.assign(this, { meeting, onChange });
  }

  busyWith(id) {
    return this.#busy.get(id) ?? null;
  }

  troubleWith(id) {
    return this.#trouble.get(id) ?? "";
  }

  dismiss(id) {
    this.notices = this.notices.filter((notice) => notice.id !== id);
    this.onChange();
  }

  // The revision that the moderator saw goes along, so that two never overwrite each other.
  async give(type, comment, more = {}) {
    const { id, revision } = comment;
    if (this.#busy.has(id)) return { type: "busy" };
    this.#busy.set(id, type);
    this.#trouble.delete(id);
    this.notices = this.notices.filter((notice) => !notice.passing);
    this.onChange();
    const seen = revision === undefined ? {} : { revision };
    const answer = await this.meeting.give({ type, comment: id, ...seen, ...more });
    this.#busy.delete(id);
    if (answer.type !== "ack") this.#explain(answer, comment);
    this.onChange();
    return answer;
  }

  #explain(answer, about) {
    if (answer.code === "already_decided" || answer.code === "unknown_comment") return this.#notify(answer, about);
    const words = answer.type === "lost" ? lostInWords() : answer.message;
    this.#trouble.set(about.id, words);
    return announce(words);
  }

  #notify(answer, about) {
    this.#tell(about, answer.by ? firstInWords(answer) : answer.message, false);
  }

  #tell(comment, words, passing) {
    const { id, number, flags } = comment;
    const others = this.notices.filter((notice) => notice.id !== id && !(passing && notice.passing));
    this.notices = [...others, { id, number, flags, words, text: coveredText(comment), passing }].slice(-NOTICES);
    announce(words);
  }

  // Somebody else decided on the comment one was reading, or changed it. `now` is null if it is on no desk any more.
  tellAbout(comment, now) {
    this.#tell(comment, now?.last ? firstInWords(now) : goneInWords(), true);
  }

  // The service lost its latest writes and has put together again what it could.
  tellOfGap() {
    this.#tell({ id: "gap", number: 0, text: "" }, gapInWords(), false);
    this.onChange();
  }

  // The comments that something was told about are gone.
  forget() {
    this.notices = [];
    this.startAfresh();
  }

  // The line is back: what did not go through can be tried again, and what went through shows by itself.
  startAfresh() {
    this.#trouble.clear();
    this.onChange();
  }
}

function firstInWords({ last, by = last, outcome }) {
  if (outcome === "pending") return _("%(who)s har ändrat kommentaren. Läs den igen.", { who: seatInWords(last ?? by) });
  return _("%(who)s hann före: %(outcome)s.", { who: seatInWords(by), outcome: outcomeInWords(outcome) });
}

export function gapInWords() {
  return _("Läget har hämtats på nytt efter ett avbrott. Kontrollera att dina senaste beslut finns kvar.");
}

function goneInWords() {
  return _("Kommentaren är borta: den som skrev har tagit tillbaka den, eller så är den förseglad som hot.");
}

function lostInWords() {
  return _("Ingen kontakt. Beslutet är inte sparat. Försök igen när kontakten är tillbaka.");
}
