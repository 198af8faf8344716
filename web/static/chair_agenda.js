// The agenda as the chair holds it: one tap to the next item, one back, and the list to jump in.

import { clone, drawList, mark, part, say, show } from "./parts.js";
import { agenda, currentItem, item } from "./store.js";
import { _ } from "./texts.js";

export class ChairAgenda {
  // `give(what, command)` gives a command and says what went wrong.
  constructor(give) {
    this.give = give;
    for (const [id, step] of [["next-item", 1], ["previous-item", -1]])
      document.getElementById(id).addEventListener("click", () => this.#turn(step));
  }

  draw(state, busy) {
    Object.assign(this, { state, busy });
    const current = currentItem(state);
    say(document.getElementById("now"), current ? inWords(current) : _("Ingen punkt"));
    this.#drawTurn("next-item", 1, _("Sista punkten"), (item) => _("Nästa: %(item)s", { item: inWords(item) }));
    this.#drawTurn("previous-item", -1, _("Första punkten"), (item) => _("Tillbaka: %(item)s", { item: inWords(item) }));
    drawList(document.getElementById("agenda"), [...agenda(state), { id: null }], {
      key: ({ id }) => id,
      create: ({ id }) => this.#newChoice(id),
      update: (element, choice) => this.#drawChoice(element, choice, choice.id === (current?.id ?? null)),
    });
  }

  #turn(step) {
    const there = this.#item(step);
    if (there) this.#goTo(there.id);
  }

  // The item one step from the current one; before the meeting has come to any, the next one is the first.
  #item(step) {
    const items = agenda(this.state);
    const at = items.findIndex(({ id }) => id === currentItem(this.state)?.id);
    return items[at + step] ?? null;
  }

  #goTo(item) {
    this.give("agenda", { type: "set_current_item", item });
  }

  // The button says where it leads, and stays where it is when it leads nowhere.
  #drawTurn(id, step, nowhere, words) {
    const there = this.#item(step);
    const button = document.getElementById(id);
    say(button, there ? words(there) : nowhere);
    mark(button, "aria-disabled", there ? null : "true");
    mark(button, "aria-busy", this.busy ? "true" : null);
  }

  #newChoice(id) {
    const element = clone("agenda-choice");
    element.querySelector("button").addEventListener("click", () => this.#goTo(id));
    part(element, "item-switch").addEventListener("click", () => this.#switch(id));
    return element;
  }

  #switch(id) {
    this.give("agenda", { type: "set_item_intake", item: id, open: item(this.state, id).until !== null });
  }

  #drawChoice(element, choice, isCurrent) {
    const button = element.querySelector("button");
    mark(button, "aria-current", isCurrent ? "true" : null);
    mark(button, "aria-busy", this.busy ? "true" : null);
    show(part(element, "current"), isCurrent && choice.id !== null);
    say(part(element, "title"), choice.id === null ? _("Ingen punkt") : inWords(choice));
    show(part(element, "item-intake"), choice.id !== null);
    if (choice.id !== null) this.#drawIntake(element, choice);
  }

  #drawIntake(element, choice) {
    const open = choice.until === null;
    const button = part(element, "item-switch");
    mark(part(element, "item-intake"), "data-closed", open ? null : "");
    say(part(element, "item-state"), open ? _("Tar emot kommentarer") : _("Tar inte emot kommentarer"));
    say(button, open ? _("Stäng") : _("Öppna"));
    mark(button, "aria-label", open ? _("Stäng punkt %(number)s för kommentarer", choice) : _("Öppna punkt %(number)s för kommentarer", choice));
    mark(button, "aria-busy", this.busy ? "true" : null);
  }
}

function inWords({ number, title }) {
  return `${number}. ${title}`;
}
