// Tells the other desks which comment is in focus here, as long as somebody looks at this page.

const AGAIN = 8000;
const SETTLED = 250; // who only passes by claims nothing

export class Claims {
  #reading = null;
  #told = null;

  constructor(meeting) {
    this.meeting = meeting;
    setInterval(() => this.#tell(), AGAIN);
    document.addEventListener("visibilitychange", () => this.#tell());
  }

  read(id) {
    if (id === this.#reading) return;
    this.#reading = id;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#tell(), SETTLED);
  }

  #tell() {
    const comment = document.hidden ? null : this.#reading;
    if (!this.meeting.ready || (comment === null && this.#told === null)) return;
    this.#told = comment;
    this.meeting.claim(comment);
  }
}
