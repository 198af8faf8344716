// The moderator's three lists, and the one comment in each that is in focus.

import { minutesSince, timeOfMinute } from "./clock.js";
import { outcomeInWords } from "./decisions.js";
import { clone, drawList, mark, part, say, show } from "./parts.js";
import { seatInWords } from "./staff_session.js";
import { byNumber, decided, item, meeting, pending, shownOutcomes } from "./store.js";
import { tallyInWords } from "./tally.js";
import { _, n_ } from "./texts.js";

const LISTS = {
  pending: (state) => pending(state),
  shown: (state) => decided(state, shownOutcomes),
  declined: (state) => decided(state, ["declined"]),
};

export class Desk {
  tab = "pending";
  startled = 0; // when the focus last moved without being asked to
  reasonsFor = null; // the id of the comment that asks for a reason
  #focused = { pending: null, shown: null, declined: null };
  #order = {}; // each list as last drawn
  #handsWereOn = false;

  // `acts` are the moderator's: approve, askReason, decline, takeBack, cancel.
  constructor(decisions, acts, onChange) {
    Object.assign(this, { decisions, acts, onChange });
    for (const name of Object.keys(LISTS)) this.#listenToTab(name);
  }

  get focused() {
    return this.#entries(this.tab).find(({ id }) => id === this.#focused[this.tab]) ?? null;
  }

  draw(state) {
    this.state = state;
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
    const entries = this.#entries(this.tab).filter(free);
    const at = entries.findIndex(({ id }) => id === this.#focused[this.tab]);
    const next = entries[at + 1] ?? entries[at - 1];
    if (next) this.focus(next.id);
  }

  focus(id) {
    this.#focused[this.tab] = id;
    this.reasonsFor = null;
    this.draw(this.state);
    const element = this.#element(id);
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  }

  open(name) {
    this.tab = name;
    this.reasonsFor = null;
    this.draw(this.state);
  }

  askReason(id) {
    this.reasonsFor = id;
    this.draw(this.state);
    this.#element(id)?.scrollIntoView({ block: "nearest" });
  }

  #entries(name) {
    return this.state ? LISTS[name](this.state) : [];
  }

  #element(id) {
    return part(document.getElementById(`panel-${this.tab}`), "list").querySelector(`[data-key="${CSS.escape(id)}"]`);
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
    say(part(tab, "count"), String(entries.length));
    mark(tab, "aria-selected", String(name === this.tab));
    mark(tab, "tabindex", name === this.tab ? null : "-1");
    show(panel, name === this.tab);
    if (name === this.tab) this.#drawPanel(name, panel, entries);
  }

  #drawPanel(name, panel, entries) {
    show(part(panel, "none"), entries.length === 0);
    drawList(part(panel, "list"), name === "pending" ? this.#withNotices(entries) : entries, {
      key: (entry) => (entry.words ? `notice ${entry.id}` : entry.id),
      create: (entry) => (entry.words ? this.#newNotice(entry) : this.#newComment(entry)),
      update: (element, entry) => (entry.words ? drawNotice(element, entry) : this.#drawComment(element, entry)),
    });
    this.#keepHandsOn();
  }

  // A notice stands where its comment stood.
  #withNotices(entries) {
    return [...entries, ...this.decisions.notices].sort(byNumber);
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

  #startle() {
    this.startled = Date.now();
    this.#handsWereOn = true;
    this.reasonsFor = null;
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
    const element = clone("desk-comment");
    const on = (name, act) => part(element, name).addEventListener("click", act);
    element.addEventListener("click", () => id !== this.focused?.id && this.focus(id));
    on("approve", () => this.acts.approve());
    on("decline", () => this.acts.askReason());
    on("take-back", () => this.acts.takeBack());
    on("cancel", () => this.acts.cancel());
    for (const button of element.querySelectorAll("[data-reason]"))
      button.addEventListener("click", () => this.acts.decline(button.dataset.reason));
    return element;
  }

  #newNotice({ id }) {
    const element = clone("desk-notice");
    part(element, "dismiss").addEventListener("click", () => this.decisions.dismiss(id));
    return element;
  }

  #drawComment(element, comment) {
    const about = item(this.state, comment.item);
    const inFocus = comment.id === this.#focused[this.tab];
    mark(element, "aria-current", inFocus ? "true" : null);
    mark(element, "tabindex", inFocus ? "0" : "-1");
    mark(element, "aria-busy", this.decisions.busyWith(comment.id) ? "true" : null);
    say(part(element, "item"), about ? `${about.number}. ${about.title}` : "");
    say(part(element, "when"), this.#when(comment));
    say(part(element, "tally"), tallyInWords(this.state, comment.id));
    say(part(element, "text"), comment.text);
    say(part(element, "outcome"), ["discussing", "answered"].includes(comment.outcome) ? outcomeInWords(comment.outcome) : "");
    say(part(element, "decided"), this.#decidedInWords(element, comment));
    say(part(element, "trouble"), this.decisions.troubleWith(comment.id));
    this.#drawChoices(element, comment, inFocus);
  }

  #drawChoices(element, { id, outcome }, inFocus) {
    const busy = this.decisions.busyWith(id);
    show(part(element, "choices"), inFocus || Boolean(busy));
    show(part(element, "approve"), outcome === "pending");
    show(part(element, "decline"), outcome === "pending");
    show(part(element, "take-back"), outcome !== "pending");
    mark(part(element, "decline"), "aria-expanded", String(this.reasonsFor === id));
    show(part(element, "reasons"), this.reasonsFor === id);
    drawBusy(part(element, "approve"), busy === "approve_comment", _("Godkänner…"), _("Godkänn"));
    drawBusy(part(element, "decline"), busy === "decline_comment", _("Avslår…"), _("Avslå"));
    drawBusy(part(element, "take-back"), busy === "take_back_comment", _("Tar tillbaka…"), _("Ta tillbaka"));
  }

  #when({ outcome, received }) {
    if (outcome !== "pending") return "";
    return waitedInWords(minutesSince(received, meeting(this.state).announced));
  }

  #decidedInWords(element, { outcome, by, decided, reason }) {
    if (outcome === "pending" || !by) return "";
    const time = timeOfMinute(decided, meeting(this.state).announced);
    const why = reason ? element.querySelector(`[data-reason="${reason}"]`)?.lastChild.textContent.trim() : null;
    return [why, `${seatInWords(by)}, ${time}`].filter(Boolean).join(" · ");
  }
}

function waitedInWords(minutes) {
  if (minutes === 0) return _("nyss inkommen");
  return n_("väntat %(num)s minut", "väntat %(num)s minuter", minutes);
}

function drawBusy(button, busy, during, otherwise) {
  mark(button, "aria-busy", busy ? "true" : null);
  say(button.firstElementChild, busy ? during : otherwise);
}

function drawNotice(element, { words, text }) {
  say(part(element, "words"), words);
  say(part(element, "text"), text);
}
