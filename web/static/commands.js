// Commands on their way: each is known by its ref until the server answers, or until the line is lost.

export class Commands {
  #waiting = new Map();
  #last = 0;

  constructor(send) {
    this.send = send;
  }

  // The answer: an `ack` or a `refused` frame, or {type: "lost"} when nobody can tell what became of it.
  give(command) {
    const ref = String(++this.#last);
    const answer = new Promise((settle) => this.#waiting.set(ref, settle));
    if (!this.send({ ...command, ref })) this.settle({ type: "lost", ref });
    return answer;
  }

  settle(frame) {
    this.#waiting.get(frame.ref)?.(frame);
    this.#waiting.delete(frame.ref);
  }

  lose() {
    for (const answer of this.#waiting.values()) answer({ type: "lost" });
    this.#waiting.clear();
  }
}
