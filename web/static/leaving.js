// How a comment comes onto the stage and leaves it. An answered one leaves calmly; what was taken back, sealed or
// withdrawn is gone at once.

import { comment, discussing } from "./store.js";

const COME = 500;
const LEAVE = 1500;

export const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Leaving {
  isLeaving = false;
  #last = null; // the id of the comment that was under discussion last
  #came = null;
  #timer = null;

  // `again()` is called when one has left.
  constructor(again) {
    this.again = again;
  }

  // The comment to show: the one under discussion, or the one that was just answered.
  stage(state) {
    const now = discussing(state);
    if (now) {
      this.forget();
      this.#last = now.id;
      return now;
    }
    const before = this.#last && comment(state, this.#last);
    if (before?.outcome !== "answered" || stillness.matches) return this.forget();
    if (!this.isLeaving) this.#timer = setTimeout(() => this.#left(), LEAVE);
    this.isLeaving = true;
    return before;
  }

  forget() {
    clearTimeout(this.#timer);
    this.isLeaving = false;
    this.#last = null;
    return null;
  }

  // Another comment than before comes into sight slowly.
  come(element, comment) {
    if (this.#came === (comment?.id ?? null)) return;
    this.#came = comment?.id ?? null;
    if (comment) appear(element, COME);
  }

  #left() {
    this.forget();
    this.again();
  }
}

export function appear(element, milliseconds) {
  if (!stillness.matches) element.animate([{ opacity: 0 }, { opacity: 1 }], { duration: milliseconds, easing: "ease-in-out" });
}
