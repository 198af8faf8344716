// Reported comments: above everything else on the desk until a moderator has looked at them.

import { announce } from "./announcer.js";
import { clone, drawList, part, say, show } from "./parts.js";
import { shown } from "./store.js";
import { _, n_ } from "./texts.js";

export class Reported {
  #known = new Map(); // comment id → fresh reports, as last drawn

  // `act(command, comment)` gives a command about a comment and says what went wrong.
  constructor(act) {
    this.act = act;
    this.section = document.getElementById("reported");
  }

  draw(state) {
    const entries = shown(state).filter(({ id }) => fresh(state, id) > 0).sort((a, b) => fresh(state, b.id) - fresh(state, a.id));
    show(this.section, entries.length > 0);
    drawList(part(this.section, "list"), entries, {
      key: ({ id }) => id,
      create: (comment) => this.#create(comment),
      update: (element, comment) => this.#update(element, comment, state),
    });
    this.#announceNew(state, entries);
  }

  #create({ id }) {
    const element = clone("reported-comment");
    part(element, "reviewed").addEventListener("click", () => this.act({ type: "review_reports", comment: id }));
    part(element, "off").addEventListener("click", () => this.#takeOff(id));
    return element;
  }

  // Off every screen at once; it waits again, and a moderator decides in the list of those that wait.
  async #takeOff(id) {
    const answer = await this.act({ type: "take_back_comment", comment: id });
    if (answer.type === "ack") this.act({ type: "review_reports", comment: id });
  }

  #update(element, comment, state) {
    say(part(element, "text"), comment.text);
    say(part(element, "counts"), reportInWords(state, comment.id));
  }

  #announceNew(state, entries) {
    for (const { id } of entries) {
      const now = fresh(state, id);
      if (now > (this.#known.get(id) ?? 0)) announce(_("En kommentar är anmäld."));
      this.#known.set(id, now);
    }
  }
}

// "anmäld 3 gånger: hot 2, personuppgifter 1"
export function reportInWords(state, id) {
  const counts = Object.entries(state.entities.get(`report:${id}`)?.counts ?? {});
  if (!counts.length) return "";
  const total = counts.reduce((sum, [, number]) => sum + number, 0);
  const reasons = counts.map(([reason, number]) => `${reasonInWords(reason)} ${number}`).join(", ");
  return `${n_("anmäld %(num)s gång", "anmäld %(num)s gånger", total)}: ${reasons}`;
}

function fresh(state, id) {
  return state.entities.get(`report:${id}`)?.fresh ?? 0;
}

function reasonInWords(reason) {
  return {
    threat: _("hot"),
    hate: _("hat"),
    personal_data: _("personuppgifter"),
    unlawful: _("annat olagligt"),
  }[reason] ?? reason;
}
