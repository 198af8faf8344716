// The screen in the room: one comment huge, the next ones below it, and always where to join.

import { AloudDisplay } from "./aloud_display.js";
import { drawBeside } from "./beside.js";
import { timeOf, timeOfMinute } from "./clock.js";
import { closedInWords } from "./closed.js";
import { drawCaptions } from "./display_captions.js";
import { Leaving } from "./leaving.js";
import { Meeting } from "./meeting.js";
import { clone, drawList, mark, painter, part, say, show } from "./parts.js";
import { QueuePages } from "./queue_pages.js";
import { Renewal } from "./renewal.js";
import { drawSignals } from "./room_signals.js";
import { fitStage } from "./stage.js";
import { currentItem, discussing, display, item, meeting as about, queue, shown } from "./store.js";
import { drawStaffNotice } from "./staff_notice.js";
import { tallyInWords } from "./tally.js";
import { _, n_ } from "./texts.js";
import { keepAwake } from "./wake_lock.js";

const HINT_FOR = 60_000;
const STILL = 3000;

const meeting = new Meeting({ onState: () => paint(), onStatus, onCaptions, onLive: () => paint() });
const paint = painter(draw);
const aloud = new AloudDisplay(meeting, paint);
const at = (id) => document.getElementById(id);
const [leaving, pages, renewal] = [new Leaving(() => paint()), new QueuePages(at("queue"), () => paint()), new Renewal()];

document.documentElement.dataset.live = "";
meeting.start();
draw();
addEventListener("resize", paint);
document.fonts?.ready.then(paint);
keepAwake();
hintAboutSleep();
hidePointer();

// What is on the screen is decided by the server; here only what there is to show of it.
function draw() {
  const set = display(meeting.state);
  drawSettings(set);
  drawSignals(meeting);
  aloud.draw();
  drawStaffNotice(meeting.state);
  if (set?.now === "closed") return drawBare("closed");
  if (set?.now === "blank") return drawBare("blank");
  return drawOpen(set?.now ?? "queue");
}

function drawSettings(set) {
  mark(document.documentElement, "data-look", set?.look ?? "light");
  mark(document.documentElement, "data-size", set?.size ?? "normal");
  show(at("frozen"), Boolean(set?.frozen) && set.now !== "blank" && set.now !== "closed");
  if (set?.frozen) say(at("frozen"), _("Skärmen står still sedan %(time)s", { time: timeOfMinute(set.since, about(meeting.state).announced) }));
}

// Behind closed doors and on a blank screen nothing else is there, not even in the page.
function drawBare(stage) {
  mark(at("board"), "data-stage", stage);
  show(at("closed"), stage === "closed");
  if (stage === "closed") say(at("closed-why"), closedInWords(about(meeting.state).closed));
  for (const id of ["stage", "idle", "next"]) show(at(id), false);
  leaving.forget();
  drawWords(null);
  drawQueue([], null);
}

function drawOpen(now) {
  show(at("closed"), false);
  const spoken = now === "idle" ? leaving.forget() : leaving.stage(meeting.state);
  const waiting = now === "queue" ? queue(meeting.state) : [];
  const stage = spoken ? "spoken" : waiting.length ? "queue" : "idle";
  mark(at("board"), "data-stage", stage);
  mark(at("board"), "data-room", "shared");
  drawHead(stage);
  drawIdle(stage, now);
  drawWords(spoken);
  drawQueue(waiting, spoken);
  if (spoken) fitSpoken(waiting);
}

function drawHead(stage) {
  const current = stage === "idle" ? null : currentItem(meeting.state);
  say(at("item"), current ? `${current.number}. ${current.title}` : (about(meeting.state)?.title ?? ""));
}

function drawIdle(stage, now) {
  const current = currentItem(meeting.state);
  show(at("idle"), stage === "idle");
  say(at("idle-now"), current ? _("Nu: %(item)s", { item: `${current.number}. ${current.title}` }) : "");
  say(at("idle-state"), stateInWords(now));
  if (stage === "idle") fitStage(at("welcome"), at("idle"), { most: 0.062 });
}

function stateInWords(now) {
  const { intake } = about(meeting.state) ?? {};
  if (intake === "not_open") return _("Snart kan du skriva till nämnden.");
  if (intake === "paused") return _("Kommentarerna är pausade.");
  if (now !== "queue" || discussing(meeting.state)) return "";
  return shown(meeting.state).length ? _("Inga fler kommentarer i kön.") : _("Inga kommentarer än.");
}

function drawWords(comment) {
  show(at("stage"), Boolean(comment));
  leaving.come(at("words"), comment);
  mark(at("stage"), "data-leaving", leaving.isLeaving ? "" : null);
  say(at("spoken-item"), comment ? elsewhere(comment, " · ") : "");
  say(at("spoken"), comment?.text ?? "");
  say(at("votes"), comment ? tallyInWords(meeting.state, comment.id) : "");
  drawBeside(at("stage"), comment ?? {});
}

// The text is as large as it can be: a short one fills the screen. Where a long one could not be read from the far end
// of the room, the queue and the code make way for it.
function fitSpoken(waiting) {
  if (fitStage(at("words"), at("room"))) return;
  mark(at("board"), "data-room", "whole");
  say(at("waiting"), waiting.length ? n_("%(num)s kommentar väntar i kön", "%(num)s kommentarer väntar i kön", waiting.length) : "");
  fitStage(at("words"), at("room"));
}

// Beside a comment under discussion the queue stands still; alone on the screen it turns its pages.
function drawQueue(comments, spoken) {
  show(at("next"), comments.length > 0);
  say(at("next-label"), spoken ? _("Härnäst") : _("Kommentarer i kön"));
  drawList(at("queue"), pages.some(comments), {
    key: ({ id }) => id,
    create: () => clone("queued"),
    update: (element, comment) => drawQueued(element, comment),
  });
  say(at("more"), "\u00a0"); // holds its line while the others are measured
  const turns = !spoken && !display(meeting.state)?.frozen;
  say(at("more"), moreInWords(pages.draw({ turns, fromStart: Boolean(spoken) }), comments.length, spoken));
}

function moreInWords({ page, pages, seen, reach }, total, spoken) {
  const rest = spoken ? total - seen : total - reach;
  const more = rest > 0 ? n_("och %(num)s till", "och %(num)s till", rest) : "";
  if (spoken || pages < 2) return more;
  return [_("Sida %(page)s av %(pages)s", { page, pages }), more].filter(Boolean).join(" · ");
}

function drawQueued(element, comment) {
  say(part(element, "item"), elsewhere(comment));
  say(part(element, "text"), comment.text);
  drawBeside(element, comment);
  say(part(element, "tally"), tallyInWords(meeting.state, comment.id));
}

// The agenda item is said only where it is not the one on top of the screen.
function elsewhere(comment, before = "") {
  const about = item(meeting.state, comment.item);
  return about && about.id !== currentItem(meeting.state)?.id ? `${before}${about.number}. ${about.title}` : "";
}

// What has less room after that is fitted anew.
function onCaptions(captions) {
  drawCaptions(captions);
  paint();
}

function onStatus(status) {
  paint();
  mark(at("line"), "data-line", status.name);
  say(part(at("line"), "words"), statusInWords(status));
  if (status.name === "open") renewal.lookForNewer();
  if (status.name === "outdated" || status.name === "ended") renewal.comeBack();
}

function statusInWords({ name, since, code }) {
  if (name === "open") return "";
  if (name === "connecting") return _("Ansluter…");
  if (code === 4504) return _("Mötet finns inte längre på den här adressen.");
  if (!since) return _("Ingen kontakt. Vi försöker igen.");
  if (name === "outdated") return _("Ny version på väg. Visar läget %(time)s", { time: timeOf(since) });
  if (name === "unsaved") return _("Avbrott i tjänsten. Visar läget %(time)s", { time: timeOf(since) });
  return _("Ingen kontakt. Visar läget %(time)s", { time: timeOf(since) });
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
