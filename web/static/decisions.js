// The moderator's decisions on their way, and what is told when one of them did not go through.

import { announce } from "./announcer.js";
import { seatInWords } from "./staff_session.js";
import { _ } from "./texts.js";

const NOTICES = 3;

export class Decisions {
  #busy = new Map(); // comment id → the command's type
  #trouble = new Map(); // comment id → why it did not work
  notices = []; // {id, number, words, text, passing}: colleagues who were first, latest last

  constructor(meeting, onChange) {
    Object.assign(this, { meeting, onChange });
  }

  approve(comment) {
    return this.#give("approve_comment", comment);
  }

  decline(comment, reason) {
    return this.#give("decline_comment", comment, { reason });
  }

  takeBack(comment) {
    return this.#give("take_back_comment", comment);
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
  async #give(type, { id, number, text, revision }, more = {}) {
    if (this.#busy.has(id)) return;
    this.#busy.set(id, type);
    this.#trouble.delete(id);
    this.notices = this.notices.filter((notice) => !notice.passing);
    this.onChange();
    const answer = await this.meeting.give({ type, comment: id, revision, ...more });
    this.#busy.delete(id);
    if (answer.type !== "ack") this.#explain(answer, { id, number, text });
    this.onChange();
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

  #tell({ id, number, text }, words, passing) {
    const others = this.notices.filter((notice) => notice.id !== id && !(passing && notice.passing));
    this.notices = [...others, { id, number, words, text, passing }].slice(-NOTICES);
    announce(words);
  }

  // Somebody else decided on the comment one was reading. `now` is null if its author took it back.
  tellAbout(comment, now) {
    this.#tell(comment, now?.by ? firstInWords(now) : _("Den som skrev har tagit tillbaka kommentaren."), true);
  }

  // The service lost its latest writes and has put together again what it could.
  tellOfGap() {
    this.#tell({ id: "gap", number: 0, text: "" }, gapInWords(), false);
    this.onChange();
  }

  // The line is back: what did not go through can be tried again, and what went through shows by itself.
  startAfresh() {
    this.#trouble.clear();
    this.onChange();
  }
}

export function outcomeInWords(outcome) {
  return {
    pending: _("väntar på granskning"),
    approved: _("godkänd"),
    discussing: _("diskuteras nu"),
    answered: _("besvarad"),
    declined: _("avslagen"),
    withdrawn: _("tillbakatagen"),
  }[outcome] ?? outcome;
}

export function gapInWords() {
  return _("Läget har hämtats på nytt efter ett avbrott. Kontrollera att dina senaste beslut finns kvar.");
}

function firstInWords({ by, outcome }) {
  return _("%(who)s hann före: %(outcome)s.", { who: seatInWords(by), outcome: outcomeInWords(outcome) });
}

function lostInWords() {
  return _("Ingen kontakt. Beslutet är inte sparat. Försök igen när kontakten är tillbaka.");
}
