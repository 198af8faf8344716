// A meeting as a page holds it: the line, the state that comes over it, and the commands that go the other way.

import { setServerTime } from "./clock.js";
import { Commands } from "./commands.js";
import { Connection } from "./connection.js";
import { apply, nothing } from "./store.js";

export class Meeting {
  // onState(state, before), onOwn(comments), onStatus(status), onReady(): the line is open and the state is whole.
  constructor({ onState, onOwn, onStatus, onReady }) {
    const { meeting, role, version, lang } = document.body.dataset;
    Object.assign(this, { id: meeting, onState, onOwn, onStatus, onReady });
    this.connection = new Connection(
      { meeting, role, lang, version: Number(version) },
      { onFrame: (frame) => this.#receive(frame), onStatus: (status) => this.#statusChanged(status) },
    );
    this.commands = new Commands((frame) => this.connection.send(frame));
    this.state = seeded();
    this.ready = false;
  }

  start() {
    this.onState?.(this.state, this.state);
    this.connection.start();
  }

  get status() {
    return this.connection.status;
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

  #receive(frame) {
    this.#readers[frame.type]?.(frame);
  }

  #readers = {
    state: (frame) => this.#stateCame(frame),
    own: (frame) => this.onOwn?.(frame.put),
    live: (frame) => setServerTime(frame.time),
    ack: (frame) => this.commands.settle(frame),
    refused: (frame) => this.commands.settle(frame),
  };

  #stateCame(frame) {
    const before = this.state;
    this.state = apply(before, frame);
    this.onState?.(this.state, before);
    if (!this.ready) {
      this.ready = true;
      this.onReady?.();
    }
  }

  #statusChanged(status) {
    if (status.name !== "open") {
      this.ready = false;
      this.commands.lose();
    }
    this.onStatus?.(status);
  }
}

// What the page was delivered with, so that it has something to show before the line is open.
function seeded() {
  const { epoch, put } = JSON.parse(document.getElementById("seed")?.textContent || '{"put": []}');
  return apply(nothing, { epoch, offset: 0, since: 0, put, drop: [] });
}
