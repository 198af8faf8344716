// A meeting as a page holds it: the line, the state that comes over it, and the commands that go the other way.

import { setServerTime } from "./clock.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { isRehearsal, markRehearsal } from "./rehearsal.js";
import { apply, nothing } from "./store.js";

export class Meeting {
  // onState(state, before), onOwn(comments), onStatus(status), onLive(): what is true of this moment came, as `moment`;
  // onCaptions(captions): the last lines of what is said in the room, in each language;
  // onReady(moved): the line is open and the state is whole, onMoved(): the state is of another epoch than before, on a
  // line that stayed open, onAnew(): a rehearsal has ended or begun, and nothing of what was before is left.
  constructor({ onState, onOwn, onStatus, onLive, onCaptions, onReady, onMoved, onAnew }) {
    const { meeting, role, version, lang } = document.body.dataset;
    Object.assign(this, { id: meeting, onState, onOwn, onStatus, onLive, onCaptions, onReady, onMoved, onAnew });
    this.connection = new Connection(
      { meeting, role, lang, version: Number(version) },
      { onFrame: (frame) => this.#receive(frame), onStatus: (status) => this.#statusChanged(status) },
    );
    this.commands = new Commands((frame) => this.connection.send(frame));
    this.state = seeded();
    this.ready = false;
    this.unsaved = null; // since when the server cannot save anything
    this.moment = {};
  }

  start() {
    this.#mark(this.state);
    this.onState?.(this.state, this.state);
    this.connection.start();
  }

  // As the line's, and one more name: unsaved (the line is open, but the server cannot save).
  get status() {
    const status = this.connection.status;
    return status.name === "open" && this.unsaved ? { name: "unsaved", since: this.unsaved } : status;
  }

  get epoch() {
    return this.state.epoch;
  }

  give(command) {
    return this.commands.give({ epoch: this.epoch, ...command });
  }

  watch(secrets) {
    return this.commands.give({ type: "watch", secrets });
  }

  typeCaption(language, text) {
    return this.commands.give({ type: "type_caption", language, text });
  }

  signal(signal, on) {
    return this.commands.give({ type: "signal", signal, on });
  }

  readAloud(comment) {
    return this.commands.give({ type: "read_aloud", comment });
  }

  claim(comment) {
    return this.commands.give({ type: "claim", comment });
  }

  #receive(frame) {
    this.#readers[frame.type]?.(frame);
  }

  #readers = {
    state: (frame) => this.#stateCame(frame),
    own: (frame) => this.onOwn?.(frame.put),
    live: (frame) => this.#liveCame(frame),
    captions: (frame) => this.onCaptions?.(frame.put),
    ack: (frame) => this.commands.settle(frame),
    refused: (frame) => this.commands.settle(frame),
  };

  #stateCame(frame) {
    const before = this.state;
    this.state = apply(before, frame);
    this.#mark(before);
    this.onState?.(this.state, before);
    const anew = isRehearsal(before) !== isRehearsal(this.state);
    if (anew) this.onAnew?.();
    const moved = before.epoch !== null && before.epoch !== frame.epoch && !anew;
    if (this.ready) return moved && this.onMoved?.();
    this.ready = true;
    return this.onReady?.(moved);
  }

  // Here and not on each page: none may forget it.
  #mark(before) {
    markRehearsal(this.state, before);
  }

  #liveCame(frame) {
    setServerTime(frame.time);
    this.moment = frame;
    this.onLive?.();
    if (frame.saving === !this.unsaved) return;
    this.unsaved = frame.saving ? null : Date.now();
    this.onStatus?.(this.status);
  }

  #statusChanged(status) {
    if (status.name !== "open") {
      this.ready = false;
      this.unsaved = null;
      this.commands.lose();
    }
    this.onStatus?.(this.status);
  }
}

// What the page was delivered with, so that it has something to show before the line is open.
function seeded() {
  const { epoch, put } = JSON.parse(document.getElementById("seed")?.textContent || '{"put": []}');
  return apply(nothing, { epoch, offset: 0, since: 0, put, drop: [] });
}
