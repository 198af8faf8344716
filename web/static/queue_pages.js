// The queue in pages: as many as fit, and after a while the next ones. It never scrolls.

import { appear } from "./leaving.js";

const EVERY = 15_000;
const SLOWLY = 800;
const AT_MOST = 60; // laid out at once; nobody waits for more pages than these fill

export class QueuePages {
  #page = 0;
  #first = null; // the id of the page's first comment: by it a page is found again when others come and go
  #starts = [0];
  #turns = false;

  constructor(list, paint) {
    Object.assign(this, { list, paint });
    setInterval(() => this.#turn(), EVERY);
  }

  // Those that are laid out.
  some(comments) {
    return comments.slice(0, AT_MOST);
  }

  // Shows the page's comments among the list's children, and says which page of how many it is, how many are on it and
  // how many on all. It turns by itself or stays where it is, or at the start.
  draw({ turns, fromStart }) {
    const children = [...this.list.children];
    for (const child of children) child.hidden = false;
    this.#starts = pageStarts(children, this.list.clientHeight);
    this.#page = fromStart ? 0 : this.#find(children);
    this.#turns = turns;
    const [from, to] = [this.#starts[this.#page], this.#starts[this.#page + 1] ?? children.length];
    children.forEach((child, place) => (child.hidden = place < from || place >= to));
    this.#first = children[from]?.dataset.key ?? null;
    return { page: this.#page + 1, pages: this.#starts.length, seen: to - from, reach: children.length };
  }

  #find(children) {
    const place = children.findIndex((child) => child.dataset.key === this.#first);
    if (place < 0) return Math.min(this.#page, this.#starts.length - 1);
    return this.#starts.findLastIndex((start) => start <= place);
  }

  #turn() {
    if (!this.#turns || this.#starts.length < 2) return;
    this.#page = (this.#page + 1) % this.#starts.length;
    this.#first = null;
    appear(this.list, SLOWLY);
    this.paint();
  }
}

// Where each page begins, so that what is on it fits into `room` pixels.
function pageStarts(children, room) {
  const starts = [0];
  children.forEach((child, place) => {
    const start = starts.at(-1);
    const end = child.offsetTop + child.offsetHeight - children[start].offsetTop;
    if (place > start && end > room) starts.push(place);
  });
  return starts;
}
