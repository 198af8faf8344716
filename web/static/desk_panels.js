// What opens under the comment in focus when a decision needs one thing more: a reason, a channel, another comment, a text.

import { coveredText } from "./flags.js";
import { languagesFrom } from "./languages.js";
import { likeness } from "./likeness.js";
import { markedSpans, masked } from "./masking.js";
import { clone, drawList, inShort, mark, part, say, show } from "./parts.js";
import { byNumber, item, meeting, pending, shown } from "./store.js";
import { _ } from "./texts.js";

const AT_MOST = 8; // comments offered to merge into

// Those in which one writes keep their comment in place, whatever becomes of it meanwhile.
export const writing = ["merge", "edit", "translate"];

export class Panel {
  // `acts` are the moderator's. `comment` is the one it stands under, `chosen` are those that the decision is about.
  constructor(kind, comment, chosen, acts) {
    Object.assign(this, { kind, comment, chosen, acts });
    this.element = clone(`panel-${kind}`);
    this.element.addEventListener("click", ({ target }) => target.closest("[data-part=cancel]") && acts.cancel());
    this.element.addEventListener("keydown", (event) => this.#onKey(event));
    MAKE[kind]?.(this);
  }

  get writes() {
    return writing.includes(this.kind);
  }

  // Puts itself under its comment; the first time, hands and eyes go to its field if it has one.
  drawIn(place, state) {
    this.state = state;
    DRAW[this.kind]?.(this, state);
    if (place.contains(this.element)) return;
    place.replaceChildren(this.element);
    (this.element.querySelector("input, textarea") ?? { focus() {} }).focus();
  }

  // What a digit means in a panel of choices.
  choice(number) {
    return this.element.querySelectorAll("[data-choice]")[number - 1];
  }

  // Keys in a field: Escape leaves it, Ctrl+Enter does what the main button does.
  #onKey(event) {
    if (event.isComposing || !this.writes) return;
    if (event.key === "Escape") this.acts.cancel();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) part(this.element, "main")?.click();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

const MAKE = {
  reasons(panel) {
    for (const button of panel.element.querySelectorAll("[data-choice]"))
      button.addEventListener("click", () => panel.acts.decline(button.dataset.choice));
  },

  edit(panel) {
    const field = part(panel.element, "text");
    field.value = panel.comment.text;
    part(panel.element, "main").addEventListener("click", () => panel.acts.edit(field.value));
    part(panel.element, "restore").addEventListener("click", () => panel.acts.edit(panel.comment.original ?? panel.comment.text));
    part(panel.element, "black").addEventListener("click", () => blackOut(field));
    field.addEventListener("keydown", (event) => {
      if (!event.altKey || event.code !== "KeyB") return;
      event.preventDefault();
      blackOut(field);
    });
    show(part(panel.element, "restore"), panel.comment.original != null);
  },

  translate(panel) {
    const [field, select] = [part(panel.element, "text"), part(panel.element, "language")];
    const { translation } = panel.comment;
    field.value = translation?.text ?? "";
    part(panel.element, "main").addEventListener("click", () => panel.acts.translate(select.value, field.value));
    part(panel.element, "remove").addEventListener("click", () => panel.acts.translate(select.value, ""));
    show(part(panel.element, "remove"), Boolean(translation));
  },

  merge(panel) {
    const search = part(panel.element, "search");
    panel.active = 0;
    search.addEventListener("input", () => {
      panel.active = 0;
      DRAW.merge(panel, panel.state);
    });
    search.addEventListener("keydown", (event) => onMergeKey(panel, event));
  },
};

const DRAW = {
  channels(panel, state) {
    const channels = meeting(state)?.channels ?? [];
    show(part(panel.element, "none"), channels.length === 0);
    drawList(part(panel.element, "list"), channels, {
      key: ({ id }) => id,
      create: ({ id }) => newChoice("channel-choice", () => panel.acts.refer(id)),
      update: (element, { name }) => {
        say(part(element, "number"), String(channels.findIndex((other) => other.name === name) + 1));
        say(part(element, "name"), name);
      },
    });
  },

  translate(panel, state) {
    const select = part(panel.element, "language");
    if (select.options.length) return;
    for (const { code, name } of languagesFrom(meeting(state)?.language ?? "sv")) select.add(new Option(name, code));
    select.value = panel.comment.translation?.language ?? select.options[0].value;
  },

  merge(panel, state) {
    const found = candidates(panel, state);
    panel.found = found;
    panel.active = Math.min(panel.active, Math.max(found.length - 1, 0));
    show(part(panel.element, "none"), found.length === 0);
    drawList(part(panel.element, "list"), found, {
      key: ({ id }) => id,
      create: ({ id }) => newChoice("merge-choice", () => panel.acts.merge(id)),
      update: (element, comment) => drawCandidate(element, comment, state, found[panel.active] === comment),
    });
    const search = part(panel.element, "search");
    mark(search, "aria-activedescendant", found.length ? optionId(found[panel.active]) : null);
  },
};

function onMergeKey(panel, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) panel.active = Math.min(Math.max(panel.active + step, 0), panel.found.length - 1);
  else if (event.key === "Enter" && panel.found.length) panel.acts.merge(panel.found[panel.active].id);
  else return;
  event.preventDefault();
  DRAW.merge(panel, panel.state);
}

// Those that can carry another, the likeliest first: much the same words, then the same agenda item. Of several that
// were chosen, one can carry the others.
function candidates({ element, comment, chosen }, state) {
  const sought = part(element, "search").value.trim().toLowerCase();
  const not = new Set(chosen.length > 1 ? [] : chosen.map(({ id }) => id));
  const rank = (other) => likeness(comment.text, other.text) + (other.item === comment.item ? 0.3 : 0);
  return [...pending(state), ...shown(state)]
    .filter(({ id, text }) => !not.has(id) && text.toLowerCase().includes(sought))
    .sort((a, b) => rank(b) - rank(a) || byNumber(a, b))
    .slice(0, AT_MOST);
}

function drawCandidate(element, comment, state, active) {
  const { id, outcome, item: about } = comment;
  element.id = optionId({ id });
  mark(element, "aria-selected", String(active));
  say(part(element, "text"), inShort(coveredText(comment)));
  const { number = "", title = "" } = item(state, about) ?? {};
  say(part(element, "facts"), [outcome === "pending" ? _("väntar") : _("visas"), `${number}. ${title}`].join(" · "));
  if (active) element.scrollIntoView({ block: "nearest" });
}

function newChoice(template, act) {
  const element = clone(template);
  element.addEventListener("click", act);
  return element;
}

function blackOut(field) {
  field.value = masked(field.value, markedSpans(field));
  field.focus();
}

const optionId = ({ id }) => `into-${id}`;
