// The chair opens the meeting: the rehearsal ends, and nothing of it is left. So it is asked once more before.

import { mark, show } from "./parts.js";
import { isRehearsal } from "./rehearsal.js";

export class Opening {
  #asking = false;
  #busy = false;

  // `give(command)` belongs to the page, which also says so if it did not work.
  constructor(give) {
    this.give = give;
    this.#on("open-meeting", () => this.#ask(true));
    this.#on("open-meeting-no", () => this.#ask(false));
    this.#on("open-meeting-yes", () => this.#open());
  }

  draw(state) {
    show(at("opening"), isRehearsal(state));
    show(at("open-meeting"), !this.#asking);
    show(at("open-meeting-confirm"), this.#asking);
    mark(at("open-meeting-yes"), "aria-busy", this.#busy ? "true" : null);
    this.state = state;
  }

  #on(id, act) {
    at(id).addEventListener("click", act);
  }

  #ask(asking) {
    this.#asking = asking;
    this.draw(this.state);
    at(asking ? "open-meeting-no" : "open-meeting").focus();
  }

  async #open() {
    if (this.#busy) return;
    this.#busy = true;
    this.draw(this.state);
    await this.give({ type: "open_meeting" });
    this.#busy = this.#asking = false;
    this.draw(this.state);
    if (!isRehearsal(this.state)) document.getElementById("main").focus();
  }
}

function at(id) {
  return document.getElementById(id);
}
