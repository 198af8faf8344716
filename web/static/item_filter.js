// Work split by agenda item: the desk shows the comments on all of them, or on one. Nothing but this tab is changed.

import { say } from "./parts.js";
import { agenda, item } from "./store.js";
import { _ } from "./texts.js";

export class ItemFilter {
  constructor(tab, onChange) {
    this.select = document.getElementById("only-item");
    this.wanted = tab.recall("only-item") ?? "";
    this.select.addEventListener("change", () => {
      this.wanted = this.select.value;
      tab.remember("only-item", this.wanted);
      onChange();
    });
  }

  draw(state) {
    const choices = [{ id: "", words: _("Alla punkter") }, ...agenda(state).map(({ id, number, title }) => ({ id, words: `${number}. ${title}` }))];
    for (const [n, { id, words }] of choices.entries()) {
      const option = this.select.options[n] ?? this.select.appendChild(document.createElement("option"));
      option.value = id;
      say(option, words);
    }
    this.select.value = this.wanted;
  }

  // Whether this comment is among those that are wanted.
  keeps({ item: about }, state) {
    return about === this.wanted || !item(state, this.wanted);
  }
}
