// What a moderator does at the desk, by key or by button: decisions about the comment in focus, or about those chosen.

import { announce } from "./announcer.js";
import { holdsData, placesIn } from "./flags.js";
import { alike } from "./likeness.js";
import { flaggedSpans, masked, selectedSpans } from "./masking.js";
import { can } from "./outcomes.js";
import { say } from "./parts.js";
import { meeting as about } from "./store.js";
import { _, n_ } from "./texts.js";

const STARTLE = 500;

// Which decision each panel leads to.
const LEADS_TO = {
  reasons: "decline_comment",
  channels: "refer_comment",
  edit: "edit_comment",
  merge: "merge_comment",
  translate: "translate_comment",
};

export class Acts {
  desk = null; // introduces itself

  constructor(meeting, decisions, undo, onChange) {
    Object.assign(this, { meeting, decisions, undo, onChange });
  }

  approve() {
    if (this.#decidable("approve_comment") && this.desk.isSureAbout(this.#free("approve_comment"))) this.#decide("approve_comment");
  }

  decline(reason) {
    this.#decide("decline_comment", { reason });
  }

  refer(channel) {
    this.#decide("refer_comment", { channel });
  }

  merge(into) {
    this.#decide("merge_comment", { into });
  }

  seal() {
    this.#decide("seal_comment");
  }

  takeBack() {
    this.#decide("take_back_comment");
  }

  edit(text) {
    this.#rewrite("edit_comment", this.desk.panel.comment, { text });
  }

  translate(language, text) {
    this.#rewrite("translate_comment", this.desk.panel.comment, { language, text });
  }

  // Shows data about somebody that was covered, or covers it again.
  reveal() {
    if (this.desk.focused && holdsData(this.desk.focused)) this.desk.reveal(this.desk.focused.id);
  }

  // With nothing flagged and nothing marked, one does it by hand.
  blackOut() {
    const comment = this.desk.focused;
    if (!comment || !this.#decidable("edit_comment")) return;
    const marked = placesIn(comment, selectedSpans(this.desk.textOf(comment.id)), this.desk.isRevealed(comment.id));
    const spans = [...marked, ...flaggedSpans(comment)];
    if (spans.length) this.#rewrite("edit_comment", comment, { text: masked(comment.text, spans) });
    else this.ask("edit");
  }

  // Opens what a decision needs, or closes it.
  ask(kind) {
    if (this.desk.panel?.kind === kind) this.cancel();
    else if (this.desk.focused && this.#decidable(LEADS_TO[kind])) this.desk.ask(kind);
  }

  async undoLast() {
    const { id, offset, words } = await this.undo.last();
    tell(words);
    if (id) this.desk.seek(id, offset);
    this.onChange();
  }

  choose() {
    if (this.desk.focused) this.#choose([this.desk.focused]);
  }

  // All in the list that say much the same as the one in focus, itself included.
  chooseAlike() {
    const { entries, focused } = this.desk;
    if (!focused) return;
    const same = alike(focused.text);
    this.#choose(entries.filter(({ text }) => same(text)));
  }

  cancel() {
    if (this.desk.panel) this.desk.closePanel();
    else if (this.desk.isAsking) this.desk.askNoMore();
    else if (this.desk.choosing) this.desk.chooseNone();
    else if (this.decisions.notices.length) this.decisions.dismiss(this.decisions.notices.at(-1).id);
  }

  #choose(comments) {
    this.desk.choose(comments.map(({ id }) => id));
    announce(this.desk.choosing ? chosenInWords(this.desk.choosing) : _("Ingen är vald."));
  }

  // Right after the focus was moved by a colleague's decision, a key was meant for the comment before.
  #decidable(type) {
    if (Date.now() - this.desk.startled < STARTLE) return false;
    return this.#free(type).length > 0;
  }

  #free(type) {
    return this.desk.chosen.filter((comment) => this.#isFree(type, comment));
  }

  #isFree(type, comment) {
    return can(type, comment) && !this.decisions.busyWith(comment.id);
  }

  // One decision about all that are chosen. The one that is to carry the others is none of them.
  async #decide(type, more = {}) {
    if (!this.#decidable(type)) return;
    const chosen = this.#free(type).filter(({ id }) => id !== more.into);
    say(document.getElementById("told"), "");
    const answers = chosen.map((before) => this.decisions.give(type, before, more));
    this.#moveOn();
    const given = await Promise.all(answers);
    const taken = chosen.filter((_, n) => given[n].type === "ack");
    this.undo.remember(taken.map((before) => ({ type, before, more })));
    if (type === "seal_comment" && taken.length) tell(sealedInWords(about(this.meeting.state).seal));
    this.onChange();
  }

  // A text that was not taken stays in its panel, with the reason above it.
  async #rewrite(type, comment, more) {
    const { panel } = this.desk;
    const answer = await this.decisions.give(type, comment, more);
    if (answer.type !== "ack") return;
    this.undo.remember([{ type, before: comment, more }]);
    if (panel && this.desk.panel === panel) this.desk.closePanel();
    this.onChange();
  }

  // The eye goes on at once; the comment itself stays until the server has said so.
  #moveOn() {
    this.desk.panel = null;
    if (this.meeting.status.name === "open") this.desk.moveOn();
    else this.desk.closePanel();
  }
}

export function chosenInWords(count) {
  return n_("%(num)s vald. Nästa beslut gäller den.", "%(num)s valda. Nästa beslut gäller alla.", count);
}

function sealedInWords({ keeper, days }) {
  if (!keeper) return _("Förseglad, och borta från alla skärmar. Mötesfilen säger inte vem den sparas för. U ångrar.");
  return _("Förseglad, och borta från alla skärmar. Den sparas för %(keeper)s i %(days)s dagar. U ångrar.", { keeper, days });
}

// What was done, where one looks and where one listens.
function tell(words) {
  say(document.getElementById("told"), words);
  announce(words);
}
