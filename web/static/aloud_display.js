// The display reads aloud when the chair asks it to. What it cannot do, it says on the screen.

import { Aloud } from "./aloud.js";
import { say, show } from "./parts.js";
import { _ } from "./texts.js";

const HINT_FOR = 60_000;
const FRESH = 5; // seconds: what was asked for longer before this page was opened has been read

export class AloudDisplay {
  #turn; // the one to read; undefined before the server has said anything
  #hint = null;

  constructor(meeting, onChange) {
    this.meeting = meeting;
    this.aloud = new Aloud(onChange);
    // A browser may let a page speak only once somebody has pressed something on it.
    for (const press of ["pointerdown", "keydown"]) addEventListener(press, () => this.aloud.voice.refused && this.#read());
  }

  draw() {
    const { ready, moment, state } = this.meeting;
    this.aloud.draw(state);
    if (ready && "aloud" in moment) this.#follow(moment);
    const words = this.#inWords() || this.#hint;
    say(document.getElementById("aloud-hint"), words ?? "");
    show(document.getElementById("aloud-hint"), Boolean(words));
  }

  #inWords() {
    if (this.aloud.voice.refused) return _("Skärmen får inte läsa upp än. Tryck en gång på den, eller på en tangent.");
    return this.#turn && this.aloud.voice.failed ? this.aloud.lackInWords(this.meeting.state) : "";
  }

  #follow({ aloud, time }) {
    const [turn, before] = [aloud?.turn ?? null, this.#turn];
    this.#turn = turn;
    if (turn === before || (before === undefined && time - aloud?.asked > FRESH)) return;
    if (turn === null) this.#stop();
    else this.#read();
  }

  #read() {
    if (!this.#turn) return;
    this.aloud.voice.failed = false;
    this.#show(this.aloud.lackInWords(this.meeting.state));
    this.aloud.read(this.meeting.state);
  }

  #stop() {
    this.aloud.voice.refused = false;
    this.aloud.stop();
  }

  #show(words) {
    clearTimeout(this.timer);
    this.#hint = words || null;
    if (words) this.timer = setTimeout(() => this.#show(""), HINT_FOR);
    this.aloud.voice.onChange();
  }
}
