// The screen in the room, for those who set it: what it shows now, in words, and the controls.

import { timeOfMinute } from "./clock.js";
import { mark, say, show } from "./parts.js";
import { discussing, display, meeting, queue } from "./store.js";
import { _ } from "./texts.js";

const CHOICES = ["shows", "look", "size"];
const at = (name) => document.getElementById(`display-${name}`);

export class DisplayPanel {
  #drawn = null;

  // `act(command)` gives a command and says what went wrong.
  constructor(act) {
    this.act = act;
    at("blank").addEventListener("click", () => this.#set({ blank: !display(this.state).blank }));
    at("freeze").addEventListener("click", () => this.#set({ frozen: !display(this.state).frozen }));
    for (const name of CHOICES) at(name).addEventListener("change", ({ target }) => this.#choose(name, target.value));
  }

  draw(state, busy = false) {
    this.state = state;
    const set = display(state);
    show(document.getElementById("room-display"), Boolean(set));
    if (!set) return;
    say(at("now"), nowInWords(state, set));
    mark(at("now"), "data-apart", set.blank || set.frozen || set.now === "closed" ? "" : null);
    say(at("blank"), set.blank ? _("Tänd skärmen") : _("Släck skärmen"));
    say(at("freeze"), set.frozen ? _("Släpp skärmen") : _("Frys skärmen"));
    for (const name of ["blank", "freeze"]) mark(at(name), "aria-busy", busy ? "true" : null);
    if (set === this.#drawn) return; // else a choice on its way would jump back
    this.#drawn = set;
    for (const name of CHOICES) at(name).value = set[name];
  }

  async #choose(name, value) {
    const answer = await this.#set({ [name]: value });
    if (answer?.type !== "ack") at(name).value = this.#drawn[name];
  }

  #set(change) {
    return this.act({ type: "set_display", ...change });
  }
}

// "Skärmen visar kön." A closed item beats a blank screen, and that beats what was chosen.
export function nowInWords(state, set) {
  if (set.now === "closed") return _("Skärmen visar bara att punkten är stängd.");
  if (set.now === "blank") return _("Skärmen är släckt. Ingenting visas.");
  if (set.now === "idle") return _("Skärmen visar startbilden: syftet, adressen och hur man gör.");
  if (set.frozen) return frozenInWords(set.since, state);
  if (discussing(state)) return set.now === "queue" ? _("Skärmen visar kommentaren som diskuteras, och kön.") : _("Skärmen visar kommentaren som diskuteras.");
  if (set.now === "queue" && queue(state).length) return _("Skärmen visar kön.");
  return _("Skärmen visar startbilden, tills en kommentar kommer upp.");
}

function frozenInWords(since, state) {
  const time = timeOfMinute(since, meeting(state).announced);
  return _("Skärmen står still sedan %(time)s. Inget nytt kommer upp förrän du släpper den. En kommentar som tas bort försvinner ändå.", { time });
}
