// The chair's page: opens and pauses, moves the agenda on, takes comments up and marks them answered.

import { drawBeside } from "./beside.js";
import { timeOfMinute } from "./clock.js";
import { gapInWords } from "./decisions.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { Meeting } from "./meeting.js";
import { Opening } from "./opening.js";
import { clone, drawList, mark, painter, part, say, show } from "./parts.js";
import { presentInWords } from "./present.js";
import { howToEnter, showDoor, takeSeat } from "./staff_session.js";
import { agenda, answered, currentItem, discussing, item, meeting as about, queue } from "./store.js";
import { tallyInWords } from "./tally.js";
import { Terms } from "./terms.js";
import { _, n_ } from "./texts.js";

const meeting = new Meeting({ onState, onStatus, onLive: () => paint(), onReady: (moved) => moved && tellOfGap(), onMoved: tellOfGap });
const paint = painter(draw);
const terms = new Terms((command) => give("terms", command));
const opening = new Opening((command) => give("opening", command));
const busy = new Set(); // what waits for the server's answer: a comment's id, "intake" or "agenda"
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
  if (status.code !== 4501) return;
  show(at("table"), false);
  showDoor(howToEnter());
}

// Nothing changes on the page before the server has said so.
async function give(what, command) {
  if (busy.has(what)) return;
  busy.add(what);
  say(at("trouble"), "");
  paint();
  const answer = await meeting.give(command);
  busy.delete(what);
  if (answer.type !== "ack") say(at("trouble"), troubleInWords(answer));
  else if (command.type === "discuss_comment") document.querySelector(".discussing").scrollIntoView({ block: "nearest" });
  paint();
}

function troubleInWords({ type, message }) {
  return type === "lost" ? _("Ingen kontakt. Det du tryckte på är inte sparat. Försök igen när kontakten är tillbaka.") : message;
}

function switchIntake() {
  give("intake", { type: about(meeting.state).intake === "open" ? "pause_intake" : "open_intake" });
}

function draw() {
  if (!about(meeting.state)) return;
  say(at("present"), presentInWords(meeting.moment.present ?? null));
  drawIntake(about(meeting.state));
  terms.draw(meeting.state);
  opening.draw(meeting.state);
  drawAgenda();
  drawDiscussing();
  drawQueue();
  drawAnswered();
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

function drawAgenda() {
  const current = currentItem(meeting.state);
  const choices = [...agenda(meeting.state), { id: null }];
  say(at("now"), current ? `${current.number}. ${current.title}` : _("Ingen punkt"));
  drawList(at("agenda"), choices, {
    key: ({ id }) => id,
    create: ({ id }) => newChoice(id),
    update: (element, choice) => drawChoice(element, choice, choice.id === (current?.id ?? null)),
  });
}

function newChoice(id) {
  const element = clone("agenda-choice");
  element.querySelector("button").addEventListener("click", () => give("agenda", { type: "set_current_item", item: id }));
  return element;
}

function drawChoice(element, { id, number, title }, isCurrent) {
  mark(element.querySelector("button"), "aria-current", isCurrent ? "true" : null);
  mark(element.querySelector("button"), "aria-busy", busy.has("agenda") ? "true" : null);
  show(part(element, "current"), isCurrent && id !== null);
  say(part(element, "title"), id === null ? _("Ingen punkt") : `${number}. ${title}`);
}

function drawDiscussing() {
  const comment = discussing(meeting.state);
  show(partOf("discussing", "none"), !comment);
  drawCards(partOf("discussing", "list"), comment ? [comment] : [], "discussed-card", {
    answer: "answer_comment",
    "put-back": "put_back_comment",
  });
}

function drawQueue() {
  const comments = queue(meeting.state);
  say(partOf("queue", "count"), comments.length ? `(${comments.length})` : "");
  show(partOf("queue", "none"), comments.length === 0);
  drawCards(partOf("queue", "list"), comments, "queue-card", { discuss: "discuss_comment" });
}

function drawAnswered() {
  const comments = answered(meeting.state);
  show(at("answered"), comments.length > 0);
  say(part(at("answered"), "count"), n_("%(num)s besvarad", "%(num)s besvarade", comments.length));
  drawCards(part(at("answered"), "list"), comments, "answered-card", { "put-back": "put_back_comment" });
}

// `commands` says which button gives which command.
function drawCards(parent, comments, template, commands) {
  drawList(parent, comments, {
    key: ({ id }) => id,
    create: ({ id }) => newCard(template, id, commands),
    update: (element, comment) => drawCard(element, comment, Object.keys(commands)),
  });
}

function newCard(template, id, commands) {
  const element = clone(template);
  for (const [button, type] of Object.entries(commands))
    part(element, button).addEventListener("click", () => give(id, { type, comment: id }));
  return element;
}

function drawCard(element, comment, buttons) {
  say(part(element, "item"), factsInWords(comment));
  say(part(element, "text"), comment.text);
  say(part(element, "tally"), tallyInWords(meeting.state, comment.id));
  drawBeside(element, comment);
  for (const name of buttons) mark(part(element, name), "aria-busy", busy.has(comment.id) ? "true" : null);
}

function factsInWords(comment) {
  const { number, title } = item(meeting.state, comment.item) ?? {};
  const place = number ? `${number}. ${title}` : "";
  if (comment.outcome !== "answered") return place;
  const time = timeOfMinute(comment.answered, about(meeting.state).announced);
  return [place, _("besvarad kl. %(time)s", { time })].join(" · ");
}
