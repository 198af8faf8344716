// The queue as the chair holds it: the buttons and keys that move a card within its item, and those that sort all.

import { announce } from "./announcer.js";
import { mark, part } from "./parts.js";
import { queueByItem } from "./store.js";
import { _ } from "./texts.js";

const KEYS = { ArrowUp: "up", ArrowDown: "down" };

// Where each button takes the comment at place `at` (from 0): right before which other one of its item (null: last), and
// which place that is (from 1). Null if it does not lead anywhere.
const MOVES = {
  up: (others, at) => (at > 0 ? { before: others[at - 1].id, place: at } : null),
  down: (others, at) => (at + 1 < others.length ? { before: others[at + 2]?.id ?? null, place: at + 2 } : null),
  last: (others, at) => (at + 1 < others.length ? { before: null, place: others.length } : null),
};

export class ChairQueue {
  #stands = new Map(); // a comment's id → {others of its item in their order, itself included; at which place it is}
  #asked = []; // [{id, name}, …]: moves that wait for the one before them, so that quick presses all count
  #moving = false;
  #until = 0; // the offset from which the state holds the last move

  // `give(what, command)` gives a command and says what went wrong; it gives the answer.
  constructor(give) {
    this.give = give;
    document.getElementById("sort-ballots").addEventListener("click", () => give("sort", { type: "sort_queue", how: "ballots" }));
    document.getElementById("sort-time").addEventListener("click", () => give("sort", { type: "sort_queue", how: "time" }));
  }

  // Listens to a new card: its buttons, and Alt with an arrow while the focus is in it.
  listen(card, id) {
    for (const name of Object.keys(MOVES)) part(card, name).addEventListener("click", () => this.#move(id, name));
    card.addEventListener("keydown", (event) => {
      if (!event.altKey || !KEYS[event.key] || event.target.closest("select")) return; // A list opens with Alt, too.
      event.preventDefault();
      this.#move(id, KEYS[event.key]);
    });
  }

  // Comes before the cards are drawn: where each stands, once for all of them.
  show(state) {
    if (state.epoch !== this.state?.epoch) this.#until = 0;
    this.state = state;
    this.#stands.clear();
    for (const { comments: others } of queueByItem(state)) for (const [at, { id }] of others.entries()) this.#stands.set(id, { others, at });
    this.#next();
  }

  // A button that leads nowhere stays where it is, so that the others do.
  draw(card, { id }) {
    for (const name of Object.keys(MOVES)) mark(part(card, name), "aria-disabled", this.#goal(id, name) ? null : "true");
  }

  #move(id, name) {
    this.#asked.push({ id, name });
    this.#next();
  }

  async #next() {
    if (this.#moving || this.state.offset < this.#until || !this.#asked.length) return;
    const { id, name } = this.#asked.shift();
    const goal = this.#goal(id, name);
    if (goal) await this.#give(id, goal);
    this.#next();
  }

  async #give(id, goal) {
    this.#moving = true;
    const answer = await this.give(id, { type: "move_comment", comment: id, before: goal.before });
    this.#moving = false;
    if (answer?.type !== "ack") return this.#asked.splice(0);
    this.#until = answer.offset;
    return announce(_("Nu nummer %(place)s av %(all)s på sin punkt.", goal));
  }

  #goal(id, name) {
    const { others, at } = this.#stands.get(id) ?? {};
    const goal = others ? MOVES[name](others, at) : null;
    return goal && { ...goal, all: others.length };
  }
}
