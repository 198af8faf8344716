// Which agenda item one hears who follows the stream: the picture comes some seconds later than the room, so the item
// that is current on every screen at once is not yet the one that is talked about at home.

import { item, meeting } from "./store.js";

export class Hearing {
  #current; // the item that the room is at; undefined until it is known

  // `onTurn()`: another item is heard now. `heard` and `late` are the server's word for the moment the page was made:
  // which item was heard, and in how many seconds the current one would be.
  constructor({ heard, late }, onTurn) {
    this.heard = heard || null;
    this.late = Number(late) || 0;
    this.onTurn = onTurn;
  }

  follow(state) {
    const about = meeting(state);
    if (!about || about.item === this.#current) return;
    const first = this.#current === undefined;
    this.#current = about.item;
    this.#turnIn(first ? this.late : about.delay, about.item);
  }

  // The item that is heard now, null if that is none.
  item(state) {
    return item(state, this.heard);
  }

  // Turns of the same delay come in the order they were made.
  #turnIn(seconds, item) {
    if (seconds > 0) setTimeout(() => this.#turn(item), seconds * 1000);
    else this.#turn(item);
  }

  #turn(item) {
    if (this.heard === item) return;
    this.heard = item;
    this.onTurn();
  }
}
