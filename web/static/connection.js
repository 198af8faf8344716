// The line to the meeting. This module alone knows the websocket.
//
// It opens the line, notices when it is lost (also when nothing says so), and opens it again by itself from where
// it was. Its owner gets frames in order, and a status: {name, since, code}, where `since` is when the server was
// last heard. Names: connecting, open, lost, offline, outdated (the page is of another version), ended (will not
// come back by itself).

import { HttpLine } from "./http_line.js";

const SILENCE = 25_000;
const OPENING = 10_000;
const SUSPICIOUS = 12_000; // The server speaks every 10 seconds; a page that wakes up after more asks anew.
const LONGEST_WAIT = 15_000;
const BLOCKED_AFTER = 3;

export class Connection {
  status = { name: "connecting", since: null };

  constructor({ meeting, role, version, lang }, { onFrame, onStatus }) {
    Object.assign(this, { meeting, role, version, lang, onFrame, onStatus });
    this.line = null;
    this.held = null; // {epoch, offset}: where we stand
    this.heard = 0;
    this.attempts = 0;
    this.failures = 0; // websockets in a row that never opened
  }

  start() {
    addEventListener("offline", () => this.#goOffline());
    addEventListener("online", () => this.#hurry());
    addEventListener("pageshow", () => this.#hurry());
    document.addEventListener("visibilitychange", () => document.hidden || this.#hurry());
    setInterval(() => this.#checkForSilence(), 1000);
    this.#open();
  }

  get isOpen() {
    return this.status.name === "open";
  }

  // False if there is no line to send it on.
  send(frame) {
    return this.isOpen && this.line.send(frame);
  }

  #open() {
    clearTimeout(this.timer);
    this.timer = null;
    this.opening = Date.now();
    this.line = this.#newLine({
      opened: () => (this.failures = 0),
      frame: (frame) => this.#receive(frame),
      closed: (code, everOpened) => this.#closed(code, everOpened),
    });
    if (this.status.name !== "lost" && this.status.name !== "offline") this.#become("connecting");
  }

  #newLine(events) {
    if (this.failures > BLOCKED_AFTER) return new HttpLine(this.meeting, this.role, events);
    return new SocketLine(this.#address(), events);
  }

  #address() {
    const query = new URLSearchParams({ role: this.role, lang: this.lang });
    if (this.held) for (const [name, value] of Object.entries(this.held)) query.set(name, value);
    if (this.held) query.set("v", this.version);
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return `${scheme}//${location.host}/m/${this.meeting}/live?${query}`;
  }

  #receive(frame) {
    this.heard = Date.now();
    if (frame.type === "state" && !this.#accept(frame)) return;
    this.onFrame(frame);
  }

  #accept(frame) {
    if (frame.v !== this.version) return this.#end("outdated");
    if (this.#missed(frame)) return this.#startOver();
    this.held = { epoch: frame.epoch, offset: frame.offset };
    this.attempts = 0;
    if (!this.isOpen) this.#become("open");
    return true;
  }

  #missed(frame) {
    return frame.since > 0 && (frame.epoch !== this.held?.epoch || frame.since > this.held.offset);
  }

  #startOver() {
    this.held = null;
    this.#drop();
    this.#open();
    return false;
  }

  #closed(code, everOpened) {
    this.line = null;
    if (code >= 4500) return this.#end("ended", code);
    if (!everOpened) this.failures += 1;
    return this.#comeBack();
  }

  // A random wait: when a service restarts, its residents must not all knock at the same moment.
  async #comeBack() {
    const longest = Math.min(LONGEST_WAIT, 1000 * 2 ** this.attempts);
    this.attempts += 1;
    this.#become(navigator.onLine === false ? "offline" : "lost");
    this.#waitAtMost(Math.random() * longest);
    if (this.failures === BLOCKED_AFTER && !(await this.#websocketsAreBlocked())) this.failures -= 1;
    else if (this.failures > BLOCKED_AFTER + 1) this.failures = 0;
  }

  // A websocket that fails where plain HTTP works is blocked on its way. One more try decides.
  async #websocketsAreBlocked() {
    if (this.role !== "resident" && this.role !== "display") return false;
    const answer = await fetch(`/m/${this.meeting}/state`, { cache: "no-store" }).catch(() => null);
    return Boolean(answer?.ok);
  }

  #waitAtMost(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#open(), milliseconds);
  }

  #checkForSilence() {
    if (!this.line) return;
    const silent = Date.now() - Math.max(this.heard, this.opening);
    if (silent > (this.heard < this.opening ? OPENING : SILENCE)) this.#lose();
  }

  #lose() {
    const opened = this.line.everOpened;
    this.#drop();
    this.#closed(1006, opened);
  }

  #goOffline() {
    if (this.#isOver()) return;
    this.#drop();
    this.#become("offline");
    this.#waitAtMost(LONGEST_WAIT); // Some devices say so without reason: look now and then.
  }

  #hurry() {
    if (this.#isOver()) return;
    if (this.line && Date.now() - Math.max(this.heard, this.opening) < SUSPICIOUS) return;
    this.#drop();
    this.attempts = 0;
    this.#open();
  }

  #drop() {
    this.line?.close();
    this.line = null;
  }

  #end(name, code) {
    this.#drop();
    clearTimeout(this.timer);
    this.#become(name, code);
    return false;
  }

  #isOver() {
    return this.status.name === "ended" || this.status.name === "outdated";
  }

  #become(name, code) {
    this.status = { name, code, since: this.heard || null };
    this.onStatus(this.status);
  }
}

class SocketLine {
  everOpened = false;

  constructor(address, { opened, frame, closed }) {
    this.socket = new WebSocket(address, "livechat.json");
    this.socket.onopen = () => {
      this.everOpened = true;
      opened();
    };
    this.socket.onmessage = (message) => frame(JSON.parse(message.data));
    this.socket.onclose = (event) => closed(event.code, this.everOpened);
  }

  send(frame) {
    if (this.socket.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  // Whoever closes it knows it; a lost line may take minutes to say so itself.
  close() {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}
