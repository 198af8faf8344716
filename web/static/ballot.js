// This browser's ballot for the meeting, and which comments it supports: the one thing that is kept in localStorage.
// All open tabs of the browser share it. It is void in an epoch that starts anew, and goes when the meeting is over.

export class Ballot {
  #memory = null; // where storage is forbidden, all this lasts as long as the page

  constructor(meeting, onChangeElsewhere) {
    this.key = `livechat:${meeting}:ballot`;
    addEventListener("storage", ({ key }) => (key === this.key || key === null) && onChangeElsewhere());
  }

  // The ballot's text for this epoch, null if none has been issued to this browser yet.
  token(epoch) {
    return this.#held(epoch).token;
  }

  keep(epoch, token) {
    this.#write({ ...this.#held(epoch), token });
  }

  supports(epoch, comment) {
    return this.#held(epoch).supports.includes(comment);
  }

  // All that this browser supports.
  supported(epoch) {
    return this.#held(epoch).supports;
  }

  // The meeting goes on under another epoch, and what was kept for one of the earlier ones with it.
  goOn(epoch, earlier) {
    const held = this.#read();
    if (held && earlier.includes(held.epoch)) this.#write({ ...held, epoch });
  }

  // Notes what the server has acknowledged.
  note(epoch, comment, supports) {
    const held = this.#held(epoch);
    const others = held.supports.filter((other) => other !== comment);
    this.#write({ ...held, supports: supports ? [...others, comment].sort() : others });
  }

  forget() {
    this.#memory = null;
    try {
      localStorage.removeItem(this.key);
    } catch {
      // Nothing was kept there.
    }
  }

  // Read anew each time: another tab may have written since.
  #held(epoch) {
    const held = this.#read();
    return held?.epoch === epoch ? held : { epoch, token: null, supports: [] };
  }

  #read() {
    try {
      return JSON.parse(localStorage.getItem(this.key)) ?? this.#memory;
    } catch {
      return this.#memory;
    }
  }

  #write(held) {
    this.#memory = held;
    try {
      localStorage.setItem(this.key, JSON.stringify(held));
    } catch {
      // Then it is kept in memory.
    }
  }
}
