// The chair's page: opens and pauses, moves the agenda on, takes comments up and marks them answered.

import { AloudPanel } from "./aloud_panel.js";
import { drawBeside } from "./beside.js";
import { announce } from "./announcer.js";
import { drawAssign, listenToAssign } from "./chair_assign.js";
import { ChairAgenda } from "./chair_agenda.js";
import { ChairQueue } from "./chair_queue.js";
import { actedSinceInWords, ChairUndo } from "./chair_undo.js";
import { timeOfMinute } from "./clock.js";
import { gapInWords } from "./decisions.js";
import { DisplayPanel } from "./display_panel.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { Meeting } from "./meeting.js";
import { Opening } from "./opening.js";
import { NoticePanel } from "./notice_panel.js";
import { clone, drawList, mark, painter, part, say, show } from "./parts.js";
import { presentInWords } from "./present.js";
import { drawSignals } from "./room_signals.js";
import { howToEnter, showDoor, takeSeat } from "./staff_session.js";
import { answered, discussing, item, meeting as about, queue } from "./store.js";
import { tallyInWords } from "./tally.js";
import { Terms } from "./terms.js";
import { _, n_ } from "./texts.js";

const meeting = new Meeting({
  onState,
  onStatus,
  onLive: () => paint(),
  onReady: (moved) => moved && tellOfGap(),
  onMoved: tellOfGap,
  onAnew: () => undo.forget(),
});
const paint = painter(draw);
const terms = new Terms((command) => give("terms", command));
const opening = new Opening((command) => give("opening", command));
const screen = new DisplayPanel((command) => give("display", command));
const order = new ChairQueue(give);
const turns = new ChairAgenda(give);
const undo = new ChairUndo(give);
const aloud = new AloudPanel(meeting, paint);
const notices = new NoticePanel(meeting);
const busy = new Set(); // what waits for the server's answer: a comment's id, "intake", "agenda", "display", "sort", "undo"
const at = (id) => document.getElementById(id);
const partOf = (section, name) => part(document.querySelector(`section.${section}`), name);

document.documentElement.dataset.live = "";
for (const details of document.querySelectorAll("details[data-unfold]")) details.open = matchMedia("(min-width: 48rem)").matches;
at("chair-intake").addEventListener("click", switchIntake);
listenForReload();
takeSeat(() => meeting.start());

function onState() {
  show(at("table"), true);
  paint();
}

function tellOfGap() {
  say(at("trouble"), gapInWords());
}

function onStatus(status) {
  drawStatus(status);
  paint();
  if (status.code !== 4501) return;
  show(at("table"), false);
  showDoor(howToEnter());
}

// Nothing changes on the page before the server has said so.
async function give(what, command) {
  if (busy.has(what)) return null;
  busy.add(what);
  say(at("trouble"), "");
  paint();
  const [marked, done] = undo.marked(command, meeting.state);
  const answer = await meeting.give(marked);
  busy.delete(what);
  if (answer.type === "ack") undo.remember(done);
  if (answer.type !== "ack") say(at("trouble"), troubleInWords(answer));
  else if (command.type === "discuss_comment") document.querySelector(".discussing").scrollIntoView({ block: "nearest" });
  paint();
  return answer;
}

function troubleInWords({ type, code, message, ...more }) {
  if (code === "acted_since") return actedSinceInWords(more);
  return type === "lost" ? _("Ingen kontakt. Det du tryckte på är inte sparat. Försök igen när kontakten är tillbaka.") : message;
}

function switchIntake() {
  give("intake", { type: about(meeting.state).intake === "open" ? "pause_intake" : "open_intake" });
}

// A card that moves takes the focus with it, also to another list; where it is out of sight, the queue is next.
function draw() {
  if (!about(meeting.state)) return;
  const focused = document.activeElement;
  const { key } = focused.closest("[data-key]")?.dataset ?? {};
  drawAll();
  if (focused === document.activeElement) return;
  if (focused.isConnected) focused.focus();
  else if (key) (buttonOf(key) ?? at("queue-title")).focus();
}

function buttonOf(key) {
  const buttons = document.querySelectorAll(`.floor [data-key="${CSS.escape(key)}"] button`);
  return [...buttons].find((button) => button.checkVisibility());
}

function drawAll() {
  say(at("present"), presentInWords(meeting.moment.present ?? null));
  drawSignals(meeting, announce);
  drawIntake(about(meeting.state));
  terms.draw(meeting.state);
  notices.draw(meeting.state);
  opening.draw(meeting.state);
  screen.draw(meeting.state, busy.has("display"));
  turns.draw(meeting.state, busy.has("agenda"));
  drawDiscussing();
  aloud.draw(meeting.state);
  drawQueue();
  drawAnswered();
  undo.draw(busy.has("undo"));
}

function drawIntake({ intake, closed, paused_by: by }) {
  say(at("intake-state"), closed ? _("Stängt med punkten. Invånarna kan skriva men inte skicka.") : intakeInWords(intake, by));
  show(at("unattended"), intake === "open" && !closed && meeting.moment.attended === false);
  mark(at("intake-state"), "data-intake", closed ? "paused" : intake);
  const button = at("chair-intake");
  button.classList.toggle("main", intake !== "open");
  mark(button, "aria-busy", busy.has("intake") ? "true" : null);
  say(button, intake === "open" ? _("Pausa") : _("Öppna för kommentarer"));
}

function intakeInWords(intake, by) {
  if (intake === "open") return _("Öppet. Invånarna kan skicka kommentarer.");
  if (by === "moderator") return _("Pausat av en moderator. Invånarna kan skriva men inte skicka.");
  if (by === "nobody") return _("Pausat av sig självt: ingen moderator var inne. Invånarna kan skriva men inte skicka.");
  if (intake === "paused") return _("Pausat. Invånarna kan skriva men inte skicka.");
  return _("Inte öppnat än. Invånarna kan skriva men inte skicka.");
}

function drawDiscussing() {
  const comment = discussing(meeting.state);
  show(partOf("discussing", "none"), !comment);
  drawCards(partOf("discussing", "list"), comment ? [comment] : [], "discussed-card", {
    answer: { type: "answer_comment" },
    "not-now": { type: "put_back_comment", last: true },
  });
}

function drawQueue() {
  const comments = queue(meeting.state);
  say(partOf("queue", "count"), comments.length ? `(${comments.length})` : "");
  show(partOf("queue", "none"), comments.length === 0);
  for (const name of ["sorting", "keys"]) show(partOf("queue", name), comments.length > 1);
  for (const id of ["sort-ballots", "sort-time"]) mark(at(id), "aria-busy", busy.has("sort") ? "true" : null);
  order.show(meeting.state);
  drawCards(partOf("queue", "list"), comments, "queue-card", { discuss: { type: "discuss_comment" } }, order);
}

function drawAnswered() {
  const comments = answered(meeting.state);
  show(at("answered"), comments.length > 0);
  say(part(at("answered"), "count"), n_("%(num)s besvarad", "%(num)s besvarade", comments.length));
  drawCards(part(at("answered"), "list"), comments, "answered-card", { "put-back": { type: "put_back_comment" } });
}

// `commands` says which button gives which command; `more` listens to what else a card has, and draws it.
function drawCards(parent, comments, template, commands, more = null) {
  drawList(parent, comments, {
    key: ({ id }) => id,
    create: ({ id }) => newCard(template, id, commands, more),
    update: (element, comment) => {
      drawCard(element, comment, Object.keys(commands));
      more?.draw(element, comment);
    },
  });
}

// Each button and list is described by the comment it is about: alone they say nothing.
function newCard(template, id, commands, more) {
  const element = clone(template);
  mark(part(element, "text"), "id", `${template}-${id}`);
  for (const button of element.querySelectorAll("button, select")) mark(button, "aria-describedby", `${template}-${id}`);
  for (const [button, command] of Object.entries(commands))
    part(element, button).addEventListener("click", () => give(id, { ...command, comment: id }));
  listenToAssign(element, id, give);
  more?.listen(element, id);
  return element;
}

function drawCard(element, comment, buttons) {
  say(part(element, "item"), factsInWords(comment));
  say(part(element, "text"), comment.text);
  say(part(element, "tally"), tallyInWords(meeting.state, comment.id));
  drawBeside(element, part(element, "member") ? { ...comment, member: "" } : comment); // Else it would be said twice.
  drawAssign(element, comment, meeting.state, busy.has(comment.id));
  for (const name of buttons) mark(part(element, name), "aria-busy", busy.has(comment.id) ? "true" : null);
}

function factsInWords(comment) {
  const { number, title } = item(meeting.state, comment.item) ?? {};
  const place = number ? `${number}. ${title}` : "";
  if (comment.outcome !== "answered") return place;
  const time = timeOfMinute(comment.answered, about(meeting.state).announced);
  return [place, _("besvarad kl. %(time)s", { time })].join(" · ");
}
