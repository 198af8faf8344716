// The moderator's page: wires the meeting to the desk, the keys to the decisions, and keeps the side column true.

import { Acts, chosenInWords } from "./acts.js";
import { announceCount } from "./announcer.js";
import { minutesSince } from "./clock.js";
import { Decisions } from "./decisions.js";
import { Desk } from "./desk.js";
import { Entering } from "./entering.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { Meeting } from "./meeting.js";
import { mark, painter, say, show } from "./parts.js";
import { howToEnter, isOwn, ownSeat, seatInWords, showDoor, takeSeat } from "./staff_session.js";
import { comment, currentItem, decided, meeting as about, pending, shown } from "./store.js";
import { _, n_ } from "./texts.js";
import { Undo } from "./undo.js";

const EVERY = 15_000; // how often "väntat 3 minuter" is looked at again

const meeting = new Meeting({ onState, onStatus, onPresent, onReady, onMoved: () => decisions.tellOfGap() });
const paint = painter(draw);
const decisions = new Decisions(meeting, paint);
const undo = new Undo(meeting, decisions);
const acts = new Acts(meeting, decisions, undo, paint);
const desk = new Desk(decisions, acts, paint);
const entering = new Entering(meeting);
const title = document.title;

const KEYS = {
  j: () => desk.move(1),
  arrowdown: () => desk.move(1),
  k: () => desk.move(-1),
  arrowup: () => desk.move(-1),
  a: () => acts.approve(),
  d: () => acts.ask("reasons"),
  r: () => acts.ask("channels"),
  e: () => acts.ask("edit"),
  b: () => acts.blackOut(),
  m: () => acts.ask("merge"),
  l: () => acts.ask("translate"),
  s: () => acts.seal(),
  t: () => acts.takeBack(),
  u: () => acts.undoLast(),
  x: () => acts.choose(),
  g: () => acts.chooseAlike(),
  n: () => entering.open(),
  escape: () => acts.cancel(),
};

document.getElementById("undo").addEventListener("click", () => acts.undoLast());
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
  if (key === "Escape") return () => acts.cancel();
  const choice = desk.panel.choice(Number(key));
  return choice ? () => choice.click() : null;
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
  say(document.getElementById("choosing"), desk.choosing ? chosenInWords(desk.choosing) : "");
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
