// The moderator's page: wires the meeting to the desk, the keys to the decisions, and keeps the side column true.

import { announce, announceCount } from "./announcer.js";
import { minutesSince } from "./clock.js";
import { Decisions } from "./decisions.js";
import { Desk } from "./desk.js";
import { Entering } from "./entering.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { flaggedSpans, masked, selectedSpans } from "./masking.js";
import { Meeting } from "./meeting.js";
import { can } from "./outcomes.js";
import { mark, painter, say, show } from "./parts.js";
import { howToEnter, isOwn, ownSeat, seatInWords, showDoor, takeSeat } from "./staff_session.js";
import { comment, currentItem, decided, meeting as about, pending, shown } from "./store.js";
import { _, n_ } from "./texts.js";
import { Undo } from "./undo.js";

const STARTLE = 500;
const EVERY = 15_000; // how often "väntat 3 minuter" is looked at again

const meeting = new Meeting({ onState, onStatus, onPresent, onReady, onMoved: () => decisions.tellOfGap() });
const paint = painter(draw);
const decisions = new Decisions(meeting, paint);
const acts = { ask, approve, decline, refer, merge, edit, blackOut, translate, seal, takeBack, choose, cancel };
const desk = new Desk(decisions, acts, paint);
const undo = new Undo(meeting, decisions);
const entering = new Entering(meeting);
const title = document.title;

const KEYS = {
  j: () => desk.move(1),
  arrowdown: () => desk.move(1),
  k: () => desk.move(-1),
  arrowup: () => desk.move(-1),
  a: approve,
  d: () => ask("reasons"),
  r: () => ask("channels"),
  e: () => ask("edit"),
  b: blackOut,
  m: () => ask("merge"),
  l: () => ask("translate"),
  s: seal,
  t: takeBack,
  u: undoLast,
  x: choose,
  n: () => entering.open(),
  escape: cancel,
};

// Which decision each panel leads to.
const LEADS_TO = {
  reasons: "decline_comment",
  channels: "refer_comment",
  edit: "edit_comment",
  merge: "merge_comment",
  translate: "translate_comment",
};

document.getElementById("undo").addEventListener("click", undoLast);
document.documentElement.dataset.live = "";
listenForReload();
takeSeat(enter);

function enter() {
  say(document.getElementById("seat"), seatInWords(ownSeat()));
  document.addEventListener("keydown", onKey);
  setInterval(paint, EVERY);
  meeting.start();
}

// Keys with a modifier belong to the browser, keys in a field to the field; a key held down counts once. Who
// speaks to the computer can turn them off (WCAG 2.1.4).
function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("textarea, select, input:not([type=checkbox])")) return;
  if (!document.getElementById("keys-on").checked) return;
  const act = desk.panel ? choiceKey(event.key) : KEYS[event.key.toLowerCase()];
  if (!act || (event.repeat && !event.key.startsWith("Arrow") && !"jk".includes(event.key))) return;
  event.preventDefault();
  act();
}

function choiceKey(key) {
  if (key === "Escape") return cancel;
  const choice = desk.panel.choice(Number(key));
  return choice ? () => choice.click() : null;
}

function ask(kind) {
  if (desk.panel?.kind === kind) return cancel();
  if (desk.focused && decidable(LEADS_TO[kind])) desk.ask(kind);
}

function approve() {
  decide("approve_comment");
}

function decline(reason) {
  decide("decline_comment", { reason });
}

function refer(channel) {
  decide("refer_comment", { channel });
}

function merge(into) {
  decide("merge_comment", { into });
}

function seal() {
  decide("seal_comment");
}

function takeBack() {
  decide("take_back_comment");
}

// With nothing flagged and nothing marked, one does it by hand.
function blackOut() {
  const comment = desk.focused;
  if (!comment || !decidable("edit_comment")) return;
  const spans = [...selectedSpans(desk.textOf(comment.id)), ...(comment.original === null ? flaggedSpans(comment) : [])];
  if (spans.length) rewrite("edit_comment", comment, { text: masked(comment.text, spans) });
  else ask("edit");
}

function edit(text) {
  rewrite("edit_comment", desk.panel.comment, { text });
}

function translate(language, text) {
  rewrite("translate_comment", desk.panel.comment, { language, text });
}

// A text that was not taken stays in its panel, with the reason above it.
async function rewrite(type, comment, more) {
  const panel = desk.panel;
  const answer = await decisions.give(type, comment, more);
  if (answer.type !== "ack") return;
  undo.remember([{ type, before: comment, more }]);
  if (desk.panel === panel) desk.closePanel();
  paint();
}

async function undoLast() {
  const { ids, words } = await undo.last();
  tell(words);
  if (ids[0]) desk.seek(ids[0]);
  paint();
}

function choose() {
  if (!desk.focused) return;
  desk.choose([desk.focused.id]);
  announce(desk.choosing ? chosenInWords() : _("Ingen är vald."));
}

function cancel() {
  if (desk.panel) desk.closePanel();
  else if (desk.choosing) desk.chooseNone();
  else if (decisions.notices.length) decisions.dismiss(decisions.notices.at(-1).id);
}

// Right after the focus was moved by a colleague's decision, a key was meant for the comment before.
function decidable(type) {
  if (Date.now() - desk.startled < STARTLE) return false;
  return desk.chosen.some((comment) => can(type, comment) && !decisions.busyWith(comment.id));
}

// One decision about all that are chosen. Of several that are merged, the one that carries them is none.
async function decide(type, more = {}) {
  if (!decidable(type)) return;
  const about = desk.chosen.filter((comment) => can(type, comment) && !decisions.busyWith(comment.id));
  const answers = about.map((before) => decisions.give(type, before, more));
  desk.panel = null;
  moveOn();
  const taken = await Promise.all(answers);
  undo.remember(about.filter((_, n) => taken[n].type === "ack").map((before) => ({ type, before, more })));
  if (type === "seal_comment" && taken.some(({ type }) => type === "ack")) tell(sealedInWords());
  paint();
}

// The eye goes on at once; the comment itself stays until the server has said so.
function moveOn() {
  if (meeting.status.name === "open") desk.moveOn();
  else desk.closePanel();
}

// What was done, where one looks and where one listens.
function tell(words) {
  say(document.getElementById("told"), words);
  announce(words);
}

function onState(state, before) {
  if (state.epoch === before.epoch) tellIfTaken(state); // else nobody took it: it was lost
  if (meeting.ready) announceCount(pending(state).filter(({ id }) => !comment(before, id)).length, newInWords);
  show(document.getElementById("desk"), true);
  paint();
}

function tellIfTaken(state) {
  const reading = desk.focused;
  if (reading?.outcome !== "pending" || decisions.busyWith(reading.id)) return;
  const now = comment(state, reading.id);
  if (now?.revision !== reading.revision && !isOwn(now?.last)) decisions.tellAbout(reading, now);
}

function onReady(moved) {
  decisions.startAfresh();
  if (moved) decisions.tellOfGap();
}

function onPresent(present) {
  say(document.getElementById("side-present"), String(present));
}

function onStatus(status) {
  drawStatus(status);
  if (status.code !== 4501) return;
  show(document.getElementById("desk"), false);
  showDoor(howToEnter());
}

function draw() {
  desk.draw(meeting.state);
  entering.draw(meeting.state);
  drawBar();
  drawSide(meeting.state);
}

function drawBar() {
  mark(document.getElementById("undo"), "aria-disabled", undo.isEmpty ? "true" : null);
  say(document.getElementById("choosing"), desk.choosing ? chosenInWords() : "");
}

function chosenInWords() {
  return n_("%(num)s vald. Nästa beslut gäller den.", "%(num)s valda. Nästa beslut gäller alla.", desk.choosing);
}

function sealedInWords() {
  const { keeper, days } = about(meeting.state).seal;
  if (!keeper) return _("Förseglad, och borta från alla skärmar. Mötesfilen säger inte vem den sparas för. U ångrar.");
  return _("Förseglad, och borta från alla skärmar. Den sparas för %(keeper)s i %(days)s dagar. U ångrar.", { keeper, days });
}

function drawSide(state) {
  const [current, waiting] = [currentItem(state), pending(state)];
  const write = (id, text) => say(document.getElementById(id), String(text));
  write("side-item", current ? `${current.number}. ${current.title}` : _("Ingen punkt"));
  write("side-oldest", waiting.length ? ageInWords(minutesSince(waiting[0].received, about(state).announced)) : "–");
  write("side-pending", waiting.length);
  write("side-shown", shown(state).length);
  write("side-declined", decided(state, ["declined"]).length);
  write("side-intake", intakeInWords(about(state)?.intake));
  document.title = waiting.length ? `(${waiting.length}) ${title}` : title;
}

function ageInWords(minutes) {
  return minutes === 0 ? _("mindre än en minut") : n_("%(num)s minut", "%(num)s minuter", minutes);
}

function intakeInWords(intake) {
  return { open: _("öppna"), paused: _("pausade"), not_open: _("inte öppnade än") }[intake] ?? "–";
}

function newInWords(n) {
  return n_("%(num)s ny kommentar att granska", "%(num)s nya kommentarer att granska", n);
}
