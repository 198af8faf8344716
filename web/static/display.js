// The screen in the room: one comment huge, the next ones below it, and always where to join.

import { drawBeside } from "./beside.js";
import { timeOf } from "./clock.js";
import { closedInWords } from "./closed.js";
import { fit, fitCount } from "./fit.js";
import { Meeting } from "./meeting.js";
import { clone, drawList, mark, painter, part, say, show } from "./parts.js";
import { currentItem, discussing, item, meeting as about, queue, shown } from "./store.js";
import { tallyInWords } from "./tally.js";
import { _, n_ } from "./texts.js";
import { keepAwake } from "./wake_lock.js";

const AT_MOST_NEXT = 12;
const HINT_FOR = 60_000;
const RELOAD_WITHIN = 20_000;
const STILL = 3000;
const SMALLEST = 8;

const meeting = new Meeting({ onState: () => paint(), onStatus });
const paint = painter(draw);
const at = (id) => document.getElementById(id);

document.documentElement.dataset.live = "";
meeting.start();
draw();
addEventListener("resize", paint);
document.fonts?.ready.then(paint);
keepAwake();
hintAboutSleep();
hidePointer();

function draw() {
  const why = about(meeting.state)?.closed ?? null;
  show(at("closed"), Boolean(why));
  if (why) drawClosed(why);
  else drawOpen();
}

// Nothing else is on the screen while doors are closed, not even the item's name.
function drawClosed(why) {
  mark(at("board"), "data-stage", "closed");
  say(at("closed-why"), closedInWords(why));
  for (const id of ["stage", "idle", "next"]) show(at(id), false);
  say(at("spoken"), "");
  drawList(at("queue"), [], { key: ({ id }) => id });
}

function drawOpen() {
  const [spoken, waiting] = [discussing(meeting.state), queue(meeting.state)];
  mark(at("board"), "data-stage", spoken ? "spoken" : waiting.length ? "queue" : "idle");
  drawHead();
  drawSpoken(spoken);
  drawQueue(waiting, spoken);
}

function drawHead() {
  const current = currentItem(meeting.state);
  say(at("item"), current ? `${current.number}. ${current.title}` : (about(meeting.state)?.title ?? ""));
}

// The text is as large as it can be: a short one fills the screen, one of 500 characters still fits on it.
function drawSpoken(comment) {
  show(at("stage"), Boolean(comment));
  say(at("spoken"), comment?.text ?? "");
  say(at("votes"), comment ? tallyInWords(meeting.state, comment.id) : "");
  drawBeside(at("words"), comment ?? {});
  if (comment) fit(at("words"), at("room"), SMALLEST, Math.min(innerHeight, innerWidth) * 0.13);
}

function drawQueue(comments, spoken) {
  show(at("idle"), !spoken && comments.length === 0);
  say(at("idle-title"), idleInWords());
  show(at("next"), comments.length > 0);
  say(at("next-label"), spoken ? _("Härnäst") : _("Kommentarer i kön"));
  drawList(at("queue"), comments.slice(0, AT_MOST_NEXT), {
    key: ({ id }) => id,
    create: () => clone("queued"),
    update: (element, comment) => drawQueued(element, comment),
  });
  drawMore(comments.length);
}

function idleInWords() {
  const { intake } = about(meeting.state) ?? {};
  if (intake === "not_open") return _("Snart kan du skriva till nämnden");
  if (intake === "paused") return _("Kommentarerna är pausade");
  return shown(meeting.state).length ? _("Inga fler kommentarer i kön") : _("Inga kommentarer än");
}

// The agenda item is said only where it is not the one on top of the screen.
function drawQueued(element, comment) {
  const about = item(meeting.state, comment.item);
  const elsewhere = about && about.id !== currentItem(meeting.state)?.id;
  say(part(element, "item"), elsewhere ? `${about.number}. ${about.title}` : "");
  say(part(element, "text"), comment.text);
  drawBeside(element, comment);
  say(part(element, "tally"), tallyInWords(meeting.state, comment.id));
}

function drawMore(total) {
  say(at("more"), "\u00a0"); // holds its line while the others are measured
  const hidden = total - fitCount(at("queue"), at("queue"));
  say(at("more"), hidden > 0 ? n_("och %(num)s till", "och %(num)s till", hidden) : "");
}

function onStatus(status) {
  mark(at("line"), "data-line", status.name);
  say(part(at("line"), "words"), statusInWords(status));
  if (status.name === "outdated") reloadSoon();
}

function statusInWords({ name, since, code }) {
  if (name === "open") return "";
  if (name === "connecting") return _("Ansluter…");
  if (code === 4504) return _("Mötet finns inte längre på den här adressen.");
  if (!since) return _("Ingen kontakt. Vi försöker igen.");
  if (name === "unsaved") return _("Avbrott i tjänsten. Visar läget %(time)s", { time: timeOf(since) });
  return _("Ingen kontakt. Visar läget %(time)s", { time: timeOf(since) });
}

// Nobody stands by the screen to do it.
function reloadSoon() {
  setTimeout(() => location.reload(), 2000 + Math.random() * RELOAD_WITHIN);
}

function hintAboutSleep() {
  if (isSecureContext) return; // Only there may a page keep the screen awake.
  show(at("awake"), true);
  setTimeout(() => show(at("awake"), false), HINT_FOR);
}

function hidePointer() {
  let timer = null;
  addEventListener("pointermove", () => {
    clearTimeout(timer);
    delete document.body.dataset.still;
    timer = setTimeout(() => (document.body.dataset.still = ""), STILL);
  });
  document.body.dataset.still = "";
}
