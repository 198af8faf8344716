// The moderator's page: wires the meeting to the desk, the keys to the decisions, and keeps the side column true.

import { Acts, chosenInWords } from "./acts.js";
import { announce, announceCount } from "./announcer.js";
import { Claims } from "./claims.js";
import { Decisions } from "./decisions.js";
import { DisplayPanel } from "./display_panel.js";
import { Desk } from "./desk.js";
import { Entering } from "./entering.js";
import { isAlarming } from "./flags.js";
import { ItemFilter } from "./item_filter.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { drawMarks } from "./marks.js";
import { Meeting } from "./meeting.js";
import { NoticePanel } from "./notice_panel.js";
import { mark, painter, say, show } from "./parts.js";
import { plainTitle, titled } from "./rehearsal.js";
import { Reported } from "./reported.js";
import { drawSignalsInPlace } from "./room_signals.js";
import { howToEnter, isOwn, ownSeat, seatInWords, showDoor, takeSeat } from "./staff_session.js";
import { comment, currentItem, decided, pending, shown } from "./store.js";
import { Tab } from "./tab.js";
import { Terms } from "./terms.js";
import { _, n_ } from "./texts.js";
import { Undo } from "./undo.js";
import { Watch } from "./watch.js";

const EVERY = 15_000; // how often "väntat 3 minuter" is looked at again

const meeting = new Meeting({ onState, onStatus, onLive: () => paint(), onReady, onMoved: () => decisions.tellOfGap(), onAnew });
const paint = painter(draw);
const decisions = new Decisions(meeting, paint);
const undo = new Undo(meeting, decisions);
const acts = new Acts(meeting, decisions, undo, paint);
const desk = new Desk(decisions, acts, paint);
const entering = new Entering(meeting);
const title = plainTitle();
const tab = new Tab(meeting.id);
const [watch, filter, claims] = [new Watch(tab, paint), new ItemFilter(tab, paint), new Claims(meeting)];
const [terms, reported, screen] = [new Terms(act), new Reported(act), new DisplayPanel(act)];
const notices = new NoticePanel(meeting);

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
  v: () => acts.reveal(),
  t: () => acts.takeBack(),
  u: () => acts.undoLast(),
  x: () => acts.choose(),
  g: () => acts.chooseAlike(),
  n: () => entering.open(),
  o: () => terms.open(),
  escape: () => acts.cancel(),
};

document.getElementById("undo").addEventListener("click", () => acts.undoLast());
document.documentElement.dataset.live = "";
document.getElementById("closing").open = matchMedia("(min-width: 56rem)").matches;
document.getElementById("desk").addEventListener("focusin", paint); // The colleagues see what has the focus here.
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
  if (meeting.ready) announceNew(pending(state).filter(({ id }) => !comment(before, id)));
  show(document.getElementById("desk"), true);
  paint();
}

function announceNew(comments) {
  if (comments.some(isAlarming)) announce(_("En ny kommentar kan vara ett hot, eller skriven av någon i fara. Den ligger först."));
  announceCount(comments.length, newInWords);
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

// There is nothing left to undo, or to be told about.
function onAnew() {
  undo.forget();
  decisions.forget();
  desk.closePanel();
  desk.chooseNone();
}

function onStatus(status) {
  drawStatus(status);
  paint();
  if (status.code !== 4501) return;
  show(document.getElementById("desk"), false);
  showDoor(howToEnter());
}

function draw() {
  desk.draw(meeting.state, (comment) => filter.keeps(comment, meeting.state));
  entering.draw(meeting.state);
  drawMarks(meeting.state, desk.focused, meeting.moment.reading);
  claims.read(desk.focused?.outcome === "pending" ? desk.focused.id : null);
  reported.draw(meeting.state);
  filter.draw(meeting.state);
  terms.draw(meeting.state);
  screen.draw(meeting.state);
  notices.draw(meeting.state);
  drawBar();
  drawSide(meeting.state, watch.draw(meeting.state));
}

function drawBar() {
  mark(document.getElementById("undo"), "aria-disabled", undo.isEmpty ? "true" : null);
  say(document.getElementById("choosing"), desk.choosing ? chosenInWords(desk.choosing) : "");
}

// For what is not about the comment in focus.
async function act(command) {
  say(document.getElementById("side-trouble"), "");
  const answer = await meeting.give(command);
  if (answer.type === "ack") return answer;
  const words = answer.type === "lost" ? _("Ingen kontakt. Det du tryckte på är inte sparat. Försök igen när kontakten är tillbaka.") : answer.message;
  say(document.getElementById("side-trouble"), words);
  announce(words);
  paint();
  return answer;
}

function drawSide(state, late) {
  const [current, waiting] = [currentItem(state), pending(state)];
  const write = (id, text) => say(document.getElementById(id), String(text));
  write("side-item", current ? `${current.number}. ${current.title}` : _("Ingen punkt"));
  write("side-pending", waiting.length);
  write("side-alarming", waiting.filter(isAlarming).length);
  mark(document.getElementById("side-alarming"), "data-alarm", waiting.some(isAlarming) ? "" : null);
  write("side-shown", shown(state).length);
  write("side-declined", decided(state, ["declined"]).length);
  drawSignalsInPlace(meeting);
  write("side-present", meeting.moment.present ?? "–");
  write("side-here", [...new Set((meeting.moment.here ?? []).map(hereInWords))].join(", ") || "–");
  document.title = titled(waiting.length ? `${late ? "▲ " : ""}(${waiting.length}) ${title}` : title);
}

function hereInWords(seat) {
  const own = ownSeat();
  return seat.role === own.role && seat.seat === own.seat ? _("du") : seatInWords(seat);
}

function newInWords(n) {
  return n_("%(num)s ny kommentar att granska", "%(num)s nya kommentarer att granska", n);
}
