// Comments on their way. Each is kept, with its secret, until the server has acknowledged it; sending one again is
// harmless, for the secret makes it the same comment. So nothing is lost on a bad line, and nothing comes twice.

import { drawSecret } from "./keep.js";
import { isRehearsal } from "./rehearsal.js";
import { _ } from "./texts.js";

const PASSING = ["not_saved", "too_busy", "too_fast", "queue_full"]; // refusals that waiting mends
const SHORTEST_WAIT = 1;

export class Outbox {
  #timers = new Map();

  // `onAccepted(entry, id)`, `onReturned(entry)`: the server will not take it; `onChange()`.
  constructor(keep, meeting, { onAccepted, onReturned, onChange }) {
    Object.assign(this, { keep, meeting, onAccepted, onReturned, onChange });
    for (const entry of this.entries) if (entry.state !== "refused") entry.state = "waiting";
  }

  get entries() {
    return this.keep.outbox;
  }

  // `follows`: the item is the one that is heard now, by the page's clock. If the comment goes out at once, the server
  // decides by its own.
  add(item, text, follows) {
    const { epoch, state, ready } = this.meeting;
    const place = { item, heard: Boolean(follows && ready), epoch, rehearsal: isRehearsal(state) };
    const entry = { secret: drawSecret(), text, ...place, state: "waiting", sent: false };
    this.#save([...this.entries, entry]);
    this.#send(entry);
  }

  // A comment that was lost on the server's side comes back here, for its author to decide.
  putBack(own, message) {
    const entry = { ...own, state: "refused", message };
    this.#save([...this.entries.filter((other) => other.secret !== own.secret), entry]);
  }

  remove(entry) {
    clearTimeout(this.#timers.get(entry.secret));
    this.#save(this.entries.filter((other) => other.secret !== entry.secret));
  }

  // Called when the line is open again and the state is whole.
  sendAll() {
    for (const entry of this.entries) if (entry.state !== "refused") this.#send(entry);
  }

  async #send(entry) {
    clearTimeout(this.#timers.get(entry.secret));
    if (!this.meeting.ready) return this.#change(entry, { state: "waiting" });
    const { secret, text, epoch } = entry;
    const item = entry.heard && !entry.sent ? null : entry.item;
    this.#change(entry, { state: "sending", sent: true });
    const answer = await this.meeting.give({ type: "submit_comment", secret, item, text, epoch });
    this.#settle(entry, answer);
  }

  #settle(entry, answer) {
    if (!this.entries.includes(entry)) return;
    if (answer.type === "ack") this.#accepted(entry, answer.id);
    else if (answer.type === "lost") this.#change(entry, { state: "waiting" });
    else if (PASSING.includes(answer.code)) this.#tryAgain(entry, answer);
    else this.#refused(entry, answer.message);
  }

  #accepted(entry, id) {
    this.onAccepted(entry, id);
    this.remove(entry);
  }

  #tryAgain(entry, { code, message, retry_after: seconds }) {
    // Not all at the same moment: when there is room again, there is not room for all.
    const wait = Math.max(SHORTEST_WAIT, (seconds ?? 0) * (1 + Math.random() / 4));
    this.#change(entry, { state: "retrying", message: retryingInWords(code, message) });
    this.#timers.set(entry.secret, setTimeout(() => this.#send(entry), wait * 1000));
  }

  #refused(entry, message) {
    this.#change(entry, { state: "refused", message });
    this.onReturned(entry);
  }

  #change(entry, values) {
    Object.assign(entry, values);
    this.#save(this.entries);
  }

  #save(entries) {
    this.keep.outbox = entries;
    this.onChange();
  }
}

function retryingInWords(code, message) {
  if (code === "not_saved") return _("Det går inte att spara just nu. Texten finns kvar här, och vi försöker igen.");
  if (!message) return _("Tjänsten har mycket att göra. Vi försöker igen.");
  return `${message} ${_("Den skickas av sig själv så snart det går.")}`;
}
