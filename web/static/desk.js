// The moderator's three lists, and the one comment in each that is in focus.

import { dependsOn, drawDeskComment, newDeskComment } from "./desk_comment.js";
import { Panel } from "./desk_panels.js";
import { isAlarming, showsData } from "./flags.js";
import { notShownOutcomes } from "./outcomes.js";
import { clone, drawList, mark, part, say, show } from "./parts.js";
import { byNumber, decided, pending, shownOutcomes } from "./store.js";

// Each made once for each state, however often it is asked for.
const LISTS = {
  pending: oncePer((state) => urgentFirst(pending(state))),
  shown: oncePer((state) => decided(state, shownOutcomes)),
  declined: oncePer((state) => decided(state, notShownOutcomes)),
};

export class Desk {
  tab = "pending";
  startled = 0; // when the focus last moved without being asked to
  keeps = () => true;
  panel = null; // what is open under one comment
  #chosen = new Set(); // ids of those that are decided about together
  #sought = null; // {id, offset}: a comment to go to
  #revealed = new Set(); // ids of the comments whose covered data a moderator asked to see
  #asked = new Set(); // ids of those that are shown with data about somebody if they are approved once more
  #focused = { pending: null, shown: null, declined: null };
  #order = {}; // each list as last drawn
  #handsWereOn = false;

  // `acts` are the moderator's: what the buttons of a comment and of its panels do.
  constructor(decisions, acts, onChange) {
    Object.assign(this, { decisions, acts, onChange });
    acts.desk = this;
    for (const name of Object.keys(LISTS)) this.#listenToTab(name);
  }

  get focused() {
    return this.#entries(this.tab).find(({ id }) => id === this.#focused[this.tab]) ?? null;
  }

  // The list that is open.
  get entries() {
    return this.#entries(this.tab);
  }

  // Those that a decision is about: the chosen ones, or else the one in focus.
  get chosen() {
    const chosen = this.#entries(this.tab).filter(({ id }) => this.#chosen.has(id));
    return chosen.length ? chosen : [this.focused].filter(Boolean);
  }

  get choosing() {
    return this.#chosen.size;
  }

  // `keeps(comment)` says which comments are in the lists at all.
  draw(state, keeps = this.keeps) {
    Object.assign(this, { state, keeps });
    this.#find();
    for (const name of Object.keys(LISTS)) this.#drawTab(name);
  }

  // Moves the focus; with the keyboard, the reader's eye and the screen reader follow.
  move(step) {
    const entries = this.#entries(this.tab);
    const at = entries.findIndex(({ id }) => id === this.#focused[this.tab]);
    const next = entries[Math.min(Math.max(at + step, 0), entries.length - 1)];
    if (next) this.focus(next.id);
  }

  // To the next one that nobody has decided about, or the one before if it was the last.
  moveOn() {
    const free = ({ id }) => id === this.#focused[this.tab] || !this.decisions.busyWith(id);
    this.#chosen.clear();
    this.#asked.clear();
    const entries = this.#entries(this.tab).filter(free);
    const at = entries.findIndex(({ id }) => id === this.#focused[this.tab]);
    const next = entries[at + 1] ?? entries[at - 1];
    if (next) this.focus(next.id);
  }

  // The element that holds a comment's text.
  textOf(id) {
    return part(this.#element(id), "text");
  }

  focus(id) {
    this.#focused[this.tab] = id;
    this.#close();
    this.draw(this.state);
    const element = this.#element(id);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  }

  open(name) {
    this.tab = name;
    this.#close();
    this.#chosen.clear();
    this.draw(this.state);
    this.onChange();
  }

  // Goes to a comment, in the list where it is once the state has come to `offset`.
  seek(id, offset) {
    this.#sought = { id, offset };
    this.onChange();
  }

  #find() {
    const { id, offset } = this.#sought ?? {};
    if (!id || this.state.offset < offset) return;
    this.#sought = null;
    const name = Object.keys(LISTS).find((name) => this.#entries(name).some((entry) => entry.id === id));
    if (name && name !== this.tab) this.open(name);
    if (name) this.focus(id);
  }

  ask(kind) {
    this.#close();
    this.panel = new Panel(kind, this.focused, this.chosen, this.acts);
    this.draw(this.state);
    this.#element(this.focused.id)?.scrollIntoView({ block: "nearest" });
  }

  // The panel goes, and the keyboard is on its comment again.
  closePanel() {
    this.#close();
    this.draw(this.state);
    this.#element(this.focused?.id)?.focus({ preventScroll: true });
  }

  // Chooses these comments, or lets go of them if all were chosen.
  choose(ids) {
    this.#asked.clear();
    const all = ids.every((id) => this.#chosen.has(id));
    for (const id of ids) all ? this.#chosen.delete(id) : this.#chosen.add(id);
    this.onChange();
  }

  chooseNone() {
    this.#chosen.clear();
    this.onChange();
  }

  // Shows the data about somebody that was covered, or covers it again.
  reveal(id) {
    if (!this.#revealed.delete(id)) this.#revealed.add(id);
    this.draw(this.state);
  }

  isRevealed(id) {
    return this.#revealed.has(id);
  }

  // Whether these may be approved at once. Those with data about somebody ask to be approved twice.
  isSureAbout(comments) {
    const unsure = comments.filter((comment) => showsData(comment) && !this.#asked.has(comment.id));
    if (!unsure.length) return true;
    this.#close();
    this.#asked = new Set(comments.filter(showsData).map(({ id }) => id));
    this.draw(this.state);
    return false;
  }

  get isAsking() {
    return this.#asked.size > 0;
  }

  askNoMore() {
    this.#close();
    this.draw(this.state);
  }

  #close() {
    this.panel = null;
    this.#asked.clear();
  }

  #entries(name) {
    const entries = this.state ? LISTS[name](this.state).filter(this.keeps) : [];
    const held = name === this.tab && this.panel?.writes ? this.panel.comment : null;
    if (!held || entries.some(({ id }) => id === held.id)) return entries;
    // A colleague was first. What is being written must not go, nor its keys turn into decisions about another.
    return name === "pending" ? [...entries, held].sort(byUrgency) : [...entries, held];
  }

  #element(id) {
    return part(document.getElementById(`panel-${this.tab}`), "list").querySelector(`[data-key="${CSS.escape(id ?? "")}"]`);
  }

  #listenToTab(name) {
    const tab = document.getElementById(`tab-${name}`);
    tab.addEventListener("click", () => this.open(name));
    tab.addEventListener("keydown", ({ key }) => {
      const names = Object.keys(LISTS);
      const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
      if (!step) return;
      this.open(names.at((names.indexOf(name) + step) % names.length));
      document.getElementById(`tab-${this.tab}`).focus();
    });
  }

  #drawTab(name) {
    const [tab, panel, entries] = [...["tab", "panel"].map((kind) => document.getElementById(`${kind}-${name}`)), this.#entries(name)];
    this.#keepFocus(name, entries);
    if (name === this.tab) this.#keepChosen(entries);
    say(part(tab, "count"), String(entries.length));
    mark(tab, "aria-selected", String(name === this.tab));
    mark(tab, "tabindex", name === this.tab ? null : "-1");
    show(panel, name === this.tab);
    if (name === this.tab) this.#drawPanel(name, panel, entries);
  }

  #drawPanel(name, panel, entries) {
    show(part(panel, "none"), entries.length === 0);
    const read = this.#read();
    drawList(part(panel, "list"), name === "pending" ? this.#withNotices(entries) : entries, {
      key: (entry) => (entry.words ? `notice ${entry.id}` : entry.id),
      create: (entry) => (entry.words ? this.#newNotice(entry) : this.#newComment(entry)),
      update: (element, entry) => (entry.words ? drawNotice(element, entry) : this.#drawComment(element, entry)),
    });
    this.#keepInPlace(read);
    this.#keepHandsOn();
  }

  // The element of the comment in focus if it had the focus before, and where it stands in the window.
  #read() {
    const element = this.#element(this.#focused[this.tab]);
    return element?.hasAttribute("aria-current") ? { element, top: element.getBoundingClientRect().top } : {};
  }

  // What comes in above what is being read does not move it.
  #keepInPlace({ element, top }) {
    if (element?.isConnected) scrollBy(0, element.getBoundingClientRect().top - top);
  }

  // A notice stands where its comment stood.
  #withNotices(entries) {
    return [...entries, ...this.decisions.notices].sort(byUrgency);
  }

  // When the focused comment goes, its neighbour takes over; when others come or go, it stays.
  #keepFocus(name, entries) {
    const before = this.#focused[name];
    if (!entries.some(({ id }) => id === before)) {
      this.#focused[name] = this.#neighbour(this.#order[name] ?? [], before, entries)?.id ?? null;
      if (name === this.tab && before !== null) this.#startle();
    }
    this.#order[name] = entries;
  }

  #keepChosen(entries) {
    const here = new Set(entries.map(({ id }) => id));
    for (const id of this.#chosen) if (!here.has(id)) this.#chosen.delete(id);
  }

  #startle() {
    this.startled = Date.now();
    this.#handsWereOn = true;
    this.#close();
  }

  #neighbour(order, gone, entries) {
    const at = order.findIndex(({ id }) => id === gone);
    if (at < 0) return entries[0];
    const left = new Set(entries.map(({ id }) => id));
    return order.slice(at + 1).find(({ id }) => left.has(id)) ?? entries.at(-1);
  }

  // The element that had the keyboard is gone: give it to the neighbour, unless the reader is elsewhere.
  #keepHandsOn() {
    const nowhere = document.activeElement === document.body || document.activeElement === null;
    if (this.#handsWereOn && nowhere && this.focused) this.#element(this.focused.id)?.focus({ preventScroll: true });
    this.#handsWereOn = false;
  }

  #newComment({ id }) {
    const element = newDeskComment(this.acts);
    element.addEventListener("click", () => id !== this.focused?.id && this.focus(id), { capture: true });
    return element;
  }

  #newNotice({ id }) {
    const element = clone("desk-notice");
    part(element, "dismiss").addEventListener("click", () => this.decisions.dismiss(id));
    return element;
  }

  #drawComment(element, comment) {
    const { id } = comment;
    const how = {
      inFocus: id === this.#focused[this.tab],
      chosen: this.#chosen.has(id),
      revealed: this.#revealed.has(id),
      sure: this.#asked.has(id),
      asks: this.isAsking,
      busy: this.decisions.busyWith(id),
      trouble: this.decisions.troubleWith(id),
      panel: this.panel?.comment.id === id ? this.panel : null,
    };
    // Of a thousand comments two or three have changed.
    const now = [comment, ...dependsOn(comment, this.state), ...Object.values(how)];
    if (!how.panel && now.every((value, n) => value === element.drawnOf?.[n])) return;
    element.drawnOf = now;
    drawDeskComment(element, comment, this.state, how);
  }
}

function oncePer(make) {
  const made = new WeakMap();
  return (state) => made.get(state) ?? made.set(state, make(state)).get(state);
}

function urgentFirst(comments) {
  return [...comments.filter(isAlarming), ...comments.filter((comment) => !isAlarming(comment))];
}

// What may be danger stands first; the rest in the order they came.
function byUrgency(a, b) {
  return isAlarming(b) - isAlarming(a) || byNumber(a, b);
}

function drawNotice(element, { words, text }) {
  say(part(element, "words"), words);
  say(part(element, "text"), text);
}
