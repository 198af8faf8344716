// "Dina kommentarer": what is on its way, and what became of what arrived.

import { announce } from "./announcer.js";
import { channelOf, explanationOf, outcomeInWords } from "./outcome_of_own.js";
import { clone, drawList, mark, part, say, show } from "./parts.js";
import { item, meeting } from "./store.js";
import { _ } from "./texts.js";

export class OwnComments {
  #comments = new Map(); // id → what the server last said
  #asked = null; // the id whose withdrawal waits for a yes
  #leaving = new Set(); // ids on their way to be withdrawn
  #failed = new Map(); // id → why a withdrawal did not work

  // `give(command)`, `compose`, `outbox` and `keep` belong to the page; `onChange()` asks it to draw.
  constructor({ give, compose, outbox, keep, onChange }) {
    Object.assign(this, { give, compose, outbox, keep, onChange });
    this.section = document.getElementById("own");
    this.list = part(this.section, "list");
  }

  // An `own` frame: whole at every catch-up, single comments in between.
  learn(comments) {
    for (const comment of comments) {
      this.#announceChange(this.#comments.get(comment.id), comment);
      this.#comments.set(comment.id, comment);
    }
    this.onChange();
  }

  knows(id) {
    return this.#comments.has(id);
  }

  forget(id) {
    for (const held of [this.#comments, this.#leaving, this.#failed]) held.delete(id);
  }

  // Those whose withdrawal was under way when the line was lost.
  withdrawAgain() {
    for (const id of this.#leaving) this.#withdraw(id);
  }

  draw(state) {
    this.state = state;
    const entries = [...this.#onTheirWay(), ...this.#arrived()];
    show(this.section, entries.length > 0);
    drawList(this.list, entries, {
      key: (entry) => entry.secret ?? entry.id,
      create: (entry) => this.#create(entry),
      update: (element, entry) => this.#update(element, entry),
    });
  }

  #onTheirWay() {
    return [...this.outbox.entries].reverse().map((entry) => ({ ...entry, outcome: entry.state }));
  }

  // Only what is acknowledged: until then the comment stands among those on their way.
  #arrived() {
    const waiting = new Set(this.outbox.entries.map((entry) => entry.secret));
    return this.keep.own
      .filter(({ secret }) => !waiting.has(secret))
      .map((own) => ({ ...own, outcome: "unknown", ...this.#comments.get(own.id) }))
      .reverse();
  }

  #create({ secret }) {
    const element = clone("own-comment");
    const on = (name, act) => part(element, name).addEventListener("click", act);
    on("reuse", () => this.#reuse(secret));
    on("discard", () => this.outbox.remove(this.#entry(secret)));
    on("withdraw", () => this.#ask(element, this.#idOf(secret)));
    on("keep", () => this.#ask(element, null));
    on("copy", () => this.#copy(element, secret));
    on("really", () => this.#withdraw(this.#idOf(secret)));
    return element;
  }

  #update(element, entry) {
    mark(element, "data-outcome", entry.outcome);
    say(part(element, "item"), this.#itemWords(entry));
    say(part(element, "text"), entry.text);
    say(part(element, "outcome"), this.#outcomeWords(entry));
    say(part(element, "explanation"), this.#explanation(entry));
    this.#updateShown(element, entry);
    this.#updateChannel(element, entry);
    show(part(element, "help"), Boolean(entry.help));
    this.#updateButtons(element, entry);
  }

  #updateShown(element, { shown = null }) {
    show(part(element, "shown"), shown !== null);
    say(part(element, "shown-text"), shown ?? "");
  }

  #updateChannel(element, { outcome, channel }) {
    const to = outcome === "referred" ? channelOf(channel, meeting(this.state)) : null;
    show(part(element, "referral"), Boolean(to));
    mark(part(element, "channel"), "href", to && /^https?:/.test(to.url) ? to.url : null);
    say(part(element, "channel"), to ? _("Gå till %(channel)s", { channel: to.name }) : "");
  }

  async #copy(element, secret) {
    const copied = await copyText(this.keep.own.find((own) => own.secret === secret)?.text ?? "", part(element, "text"));
    const words = copied ? _("Texten är kopierad.") : _("Texten är markerad. Kopiera den.");
    say(part(element, "copied"), words);
    announce(words);
  }

  #updateButtons(element, { id, outcome, sent }) {
    const back = outcome === "refused" || (outcome === "waiting" && !sent);
    const arrived = this.#comments.has(id) && !["withdrawn", "sealed"].includes(outcome) && !this.#leaving.has(id);
    show(part(element, "reuse"), back);
    show(part(element, "discard"), back);
    show(part(element, "withdraw"), arrived && this.#asked !== id);
    show(part(element, "confirm"), arrived && this.#asked === id);
  }

  #itemWords(entry) {
    const about = item(this.state, entry.item);
    return about ? `${about.number}. ${about.title}` : "";
  }

  #outcomeWords(entry) {
    if (this.#leaving.has(entry.id)) return _("Tar tillbaka…");
    if (entry.outcome === "sending") return _("Skickas…");
    if (entry.outcome === "waiting") return _("Skickas när kontakten är tillbaka");
    if (entry.outcome === "retrying") return _("Väntar på att skickas igen");
    if (entry.outcome === "refused") return _("Inte skickad");
    if (entry.outcome === "unknown") return _("Hämtar läget…");
    return outcomeInWords(entry, meeting(this.state));
  }

  #explanation(entry) {
    if (this.#failed.has(entry.id)) return this.#failed.get(entry.id);
    if (entry.outcome === "retrying" || entry.outcome === "refused") return entry.message;
    return explanationOf(entry, meeting(this.state));
  }

  #announceChange(before, now) {
    if (now.help && !before?.help) announce(_("Mår du dåligt, eller är du i fara? Ring 112. Fler nummer står vid din kommentar."));
    if (!before) return;
    const [was, is] = [before, now].map((comment) => outcomeInWords(comment, meeting(this.state)));
    if (was !== is) announce(_("Din kommentar: %(outcome)s.", { outcome: is }));
    else if ((before.shown ?? null) !== (now.shown ?? null)) announce(_("Din kommentar har redigerats av en moderator."));
  }

  #reuse(secret) {
    const entry = this.#entry(secret);
    this.compose.take(entry);
    this.outbox.remove(entry);
  }

  #ask(element, id) {
    this.#asked = id;
    this.onChange(true);
    part(element, id ? "keep" : "withdraw").focus();
  }

  async #withdraw(id) {
    this.#asked = null;
    this.#failed.delete(id);
    this.#leaving.add(id);
    this.onChange();
    const answer = await this.give({ type: "withdraw_comment", secret: this.#secretOf(id) });
    if (answer.type === "lost") return; // withdrawAgain comes when the line is back
    this.#leaving.delete(id);
    if (answer.type === "refused") this.#failed.set(id, answer.message);
    this.onChange();
  }

  #entry(secret) {
    return this.outbox.entries.find((entry) => entry.secret === secret);
  }

  #idOf(secret) {
    return this.keep.own.find((own) => own.secret === secret)?.id;
  }

  #secretOf(id) {
    return this.keep.own.find((own) => own.id === id)?.secret;
  }
}

// Browsers let a page write to the clipboard only under TLS; elsewhere the text is marked, ready to be copied.
async function copyText(text, element) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
  }
}
