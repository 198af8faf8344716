// The line where websockets are blocked: server-sent events one way, plain requests the other.
// It speaks the same frames, for residents and displays.

import { drawSecret } from "./keep.js";
import { _ } from "./texts.js";

const OWN_EVERY = 8000;
const line = drawSecret(); // what a signal counts by, where there is no connection: new with every page

export class HttpLine {
  everOpened = false;

  constructor(meeting, role, { opened, frame, closed }) {
    this.path = `/m/${meeting}`;
    this.frame = frame;
    this.secrets = new Set();
    this.asked = 0;
    this.source = new EventSource(`${this.path}/events?role=${role}`);
    this.source.onopen = () => (this.everOpened = true);
    this.source.onmessage = (message) => this.#receive(JSON.parse(message.data));
    this.source.onerror = () => this.#lose(closed);
  }

  send(frame) {
    this.#requests[frame.type].call(this, frame);
    return true;
  }

  close() {
    this.closed = true;
    this.source.close();
  }

  #requests = {
    submit_comment: this.#submit,
    withdraw_comment: this.#withdraw,
    watch: this.#watch,
    issue_ballot: (frame) => this.#handOn("ballot", frame),
    support_comment: (frame) => this.#handOn("support", frame),
    withdraw_support: (frame) => this.#handOn("withdraw-support", frame),
    signal: (frame) => this.#handOn("signal", { ...frame, line }),
    report_comment: (frame) => this.#handOn("report", frame),
  };

  #receive(frame) {
    this.frame(frame);
    if (Date.now() - this.asked > OWN_EVERY) this.#askForOwn();
  }

  #lose(closed) {
    if (this.closed) return;
    this.close();
    closed(1006, this.everOpened);
  }

  async #submit({ ref, secret, item, text, epoch }) {
    const answer = await this.#post("comments", { secret, item, text, epoch });
    if (answer.type === "ack") this.secrets.add(secret);
    this.#hand({ ...answer, ref });
    this.#askForOwn();
  }

  async #watch({ ref, secrets }) {
    for (const secret of secrets) this.secrets.add(secret);
    const answer = await this.#post("own", { secrets });
    if (answer.type !== "own") return this.#hand({ ...answer, ref });
    this.#hand(answer);
    return this.#hand({ type: "ack", ref, known: answer.put.map(({ id }) => id) });
  }

  async #withdraw({ ref, secret, epoch }) {
    const answer = await this.#post("withdraw", { secret, epoch });
    this.#hand({ ...answer, ref });
    this.#askForOwn();
  }

  async #handOn(door, { type, ref, ...fields }) {
    this.#hand({ ...(await this.#post(door, fields)), ref });
  }

  async #askForOwn() {
    this.asked = Date.now();
    const secrets = [...this.secrets];
    for (let first = 0; first < secrets.length; first += 200) {
      const answer = await this.#post("own", { secrets: secrets.slice(first, first + 200) });
      if (answer.type === "own") this.#hand(answer);
    }
  }

  async #post(door, body) {
    const request = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const answer = await fetch(`${this.path}/${door}`, request).catch(() => null);
    return (await answer?.json().catch(() => null)) ?? unreachable();
  }

  #hand(frame) {
    if (!this.closed) this.frame(frame);
  }
}

function unreachable() {
  const message = _("Tjänsten svarar inte just nu. Vi försöker igen.");
  return { type: "refused", code: "too_busy", message, retry_after: 5 };
}
