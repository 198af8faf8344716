// Supporting comments: one tap gives support, another takes it back. What shows as a number comes from the server
// alone; until it has answered, the page says in words that it waits.

import { announce } from "./announcer.js";
import { comment, meeting as about, takesBallots } from "./store.js";
import { _ } from "./texts.js";

const PASSING = ["not_saved", "too_busy", "too_fast"]; // refusals that waiting mends
const SHORTEST_WAIT = 1;
const SPREAD = 5000;

export class Support {
  #wanted = new Map(); // comment id → whether it is to be supported: what the server has not answered yet
  #failed = new Map(); // comment id → why it did not work
  #timers = new Map();

  // `ballot` is this browser's, `onChange()` asks the page to draw.
  constructor(meeting, ballot, onChange) {
    Object.assign(this, { meeting, ballot, onChange });
  }

  get online() {
    return this.meeting.ready;
  }

  supports(id) {
    return this.ballot.supports(this.meeting.epoch, id);
  }

  // undefined when nothing is under way for this comment.
  wanted(id) {
    return this.#wanted.get(id);
  }

  get isWaiting() {
    return this.#wanted.size > 0;
  }

  troubleWith(id) {
    return this.#failed.get(id) ?? "";
  }

  toggle(id) {
    if (this.#wanted.has(id) || !about(this.meeting.state)) return;
    this.#failed.delete(id);
    this.#wanted.set(id, !this.supports(id));
    this.#cast(id);
    this.onChange();
  }

  // Called when the line is open again: saying the same twice is harmless.
  castAll() {
    for (const id of this.#wanted.keys()) this.#cast(id);
  }

  // What was to be supported is not there any more.
  giveUp() {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    for (const held of [this.#wanted, this.#failed, this.#timers]) held.clear();
  }

  // The service has lost its latest writes, perhaps ours: what this browser supports is said again, each at its own
  // moment, so that not all browsers do so at once.
  sayAgain() {
    for (const id of this.ballot.supported(this.meeting.epoch)) setTimeout(() => this.#sayAgain(id), Math.random() * SPREAD);
  }

  #sayAgain(id) {
    const shown = comment(this.meeting.state, id);
    if (this.#wanted.has(id) || !this.supports(id) || !shown || !takesBallots(shown)) return;
    this.#wanted.set(id, true);
    this.#cast(id);
  }

  async #cast(id, again = false) {
    clearTimeout(this.#timers.get(id));
    if (!this.meeting.ready) return;
    const epoch = this.meeting.epoch;
    const issued = await this.#issued(epoch);
    const answer = issued.token ? await this.#give(id, issued.token) : issued;
    if (answer.code === "bad_ballot" && !again) {
      this.ballot.forget();
      await this.#cast(id, true);
    } else this.#settle(id, epoch, answer);
  }

  #give(comment, ballot) {
    const type = this.#wanted.get(comment) ? "support_comment" : "withdraw_support";
    return this.meeting.give({ type, comment, ballot });
  }

  // {token}: the browser's ballot, a new one if it has none; else the server's answer.
  async #issued(epoch) {
    if (!this.ballot.token(epoch)) {
      this.issuing ??= this.meeting.give({ type: "issue_ballot" });
      const answer = await this.issuing;
      this.issuing = null;
      if (answer.type !== "ack") return answer;
      if (!this.ballot.token(epoch)) this.ballot.keep(epoch, answer.ballot);
    }
    return { token: this.ballot.token(epoch) };
  }

  #settle(id, epoch, answer) {
    if (answer.type === "lost" || !this.#wanted.has(id)) return; // castAll comes when the line is back
    if (PASSING.includes(answer.code)) this.#tryAgain(id, answer);
    else if (answer.type === "ack") this.#done(id, epoch);
    else this.#refused(id, answer);
    this.onChange();
  }

  #done(id, epoch) {
    const supports = this.#wanted.get(id);
    this.#wanted.delete(id);
    if (this.ballot.supports(epoch, id) === supports) return;
    this.ballot.note(epoch, id, supports);
    announce(supports ? _("Du stöder kommentaren.") : _("Du stöder inte längre kommentaren."));
  }

  #tryAgain(id, { retry_after: seconds }) {
    const wait = Math.max(SHORTEST_WAIT, seconds ?? 0);
    this.#timers.set(id, setTimeout(() => this.#cast(id), wait * 1000));
  }

  #refused(id, { code, message }) {
    if (code === "ballots_closed") this.ballot.forget(); // The meeting is over, and so is what was kept for it.
    this.#wanted.delete(id);
    this.#failed.set(id, message);
    announce(message);
  }
}
