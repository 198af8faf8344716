// The resident's page: wires the meeting to the box, the own comments, the agenda and the comments of all.

import { drawAgenda } from "./agenda.js";
import { announce, announceCount } from "./announcer.js";
import { Ballot } from "./ballot.js";
import { Captions } from "./captions.js";
import { dayOf } from "./clock.js";
import { Compose } from "./compose.js";
import { Hearing } from "./hearing.js";
import { Keep } from "./keep.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { drawLedger } from "./ledger.js";
import { Meeting } from "./meeting.js";
import { offerNewPerson } from "./new_person.js";
import { drawNotice } from "./notice.js";
import { Outbox } from "./outbox.js";
import { OwnComments } from "./own.js";
import { painter, say, show } from "./parts.js";
import { Player } from "./player.js";
import { presentInWords } from "./present.js";
import { isRehearsal } from "./rehearsal.js";
import { listenForReports } from "./report.js";
import { drawShown } from "./shown.js";
import { comment, currentItem, meeting as about, shown } from "./store.js";
import { Signals } from "./signals.js";
import { drawAndAnnounce } from "./staff_notice.js";
import { Support } from "./support.js";
import { _, n_ } from "./texts.js";
import { followVisible, keepInSight } from "./visible.js";

const AT_MOST = 200; // secrets in one `watch`

const meeting = new Meeting({
  onState,
  onOwn: (comments) => own.learn(comments),
  onStatus,
  onLive: () => paint(),
  onCaptions: (last) => captions.came(last),
  onReady,
  onMoved: askAgain,
  onAnew: beginWithTheOthers,
});
const keep = new Keep(meeting.id, { onOwn: () => (meeting.ready ? watchOwn() : paint()), onForget: beginAnew });
const paint = painter(draw);
const ballot = new Ballot(meeting.id, paint);
const support = new Support(meeting, ballot, paint);
const signals = new Signals(meeting, paint);
const hearing = new Hearing(document.getElementById("compose").dataset, paint);
const compose = new Compose(keep, hearing, (item, text, follows) => outbox.add(item, text, follows));
const outbox = new Outbox(keep, meeting, { onAccepted, onReturned, onChange: paint });
const captions = new Captions(meeting.id, about(meeting.state)?.language ?? "sv");
const player = new Player(meeting.id);
const own = new OwnComments({ give: (command) => meeting.give(command), compose, outbox, keep, onChange: redraw });

document.documentElement.dataset.live = "";
unfold();
offerTheBox();
followVisible();
keepInSight(document.getElementById("text"), document.querySelector("#compose .send"));
offerNewPerson({ unsent, forget });
listenForReload();
listenForReports(document.getElementById("shown"), (command) => meeting.give(command));
meeting.start();
draw();

function draw() {
  say(document.getElementById("present"), presentInWords(meeting.moment.present ?? null));
  drawAgenda(meeting.state);
  drawNotice(meeting.state, meeting.moment);
  player.draw(meeting.state);
  captions.draw(meeting.state);
  signals.draw();
  drawAndAnnounce(meeting.state);
  drawLedger(meeting.moment.ledger);
  hearing.follow(meeting.state);
  compose.draw(meeting.state);
  own.draw(meeting.state);
  drawShown(meeting.state, new Set(keep.own.map(({ id }) => id)), support);
}

function redraw(atOnce) {
  if (atOnce) draw();
  else paint();
}

function onState(state, before) {
  ballot.goOn(meeting.epoch, about(state)?.forked_from ?? []);
  if (meeting.ready) announceNew(state, before);
  paint();
}

function onStatus(status) {
  drawStatus(status, { kept: _("Det du skriver finns kvar.") });
}

function onReady(moved) {
  if (moved) support.sayAgain();
  outbox.sendAll();
  support.castAll();
  signals.sayAgain();
  watchOwn().then(() => own.withdrawAgain());
}

// Another epoch, which may lack the last of one's own.
function askAgain() {
  support.sayAgain();
  watchOwn();
}

// The own comments of a rehearsal go with it, when the service has said that it knows them no more.
function beginWithTheOthers() {
  captions.beginAnew();
  support.giveUp();
  if (meeting.ready) watchOwn();
}

async function watchOwn() {
  const all = keep.own;
  for (let first = 0; first < all.length; first += AT_MOST) {
    const some = all.slice(first, first + AT_MOST);
    const answer = await meeting.watch(some.map(({ secret }) => secret));
    const known = answer.ids ?? answer.known;
    if (known) some.filter(({ id }) => !known.includes(id)).forEach(lost);
    else if (answer.retry_after) setTimeout(watchOwn, answer.retry_after * 1000);
  }
}

// The service was restored to a moment before this comment. Its author gets the text back.
function lost(entry) {
  keep.own = keep.own.filter(({ secret }) => secret !== entry.secret);
  own.forget(entry.id);
  if (wasRehearsed(entry)) return paint();
  return outbox.putBack(entry, _("Kommentaren finns inte längre kvar i tjänsten. Du kan skicka den igen."));
}

// `rehearsal` is kept with what was sent in one.
function wasRehearsed({ rehearsal = false }) {
  return rehearsal && !isRehearsal(meeting.state);
}

function onAccepted({ secret, item, text, rehearsal }, id) {
  if (wasRehearsed({ rehearsal })) return;
  keep.own = [...keep.own.filter((other) => other.secret !== secret), { secret, id, item, text, rehearsal }];
  if (!own.knows(id)) own.learn([{ id, item, text, outcome: "pending", reason: null, answered: null }]);
  announce(_("Din kommentar är skickad och väntar på granskning."));
}

function onReturned(entry) {
  announce(entry.message);
  if (!compose.isEmpty) return;
  compose.take(entry);
  compose.explain(entry.message);
  outbox.remove(entry);
}

function unsent() {
  return !compose.isEmpty || outbox.entries.length > 0 || support.isWaiting;
}

function forget() {
  ballot.forget();
  player.forget();
  captions.forget();
  keep.forget();
}

// Another tab of this browser was told that somebody else sits here now.
function beginAnew() {
  forget();
  location.reload();
}

function announceNew(state, before) {
  const fresh = shown(state).filter(({ id }) => !comment(before, id)).length;
  announceCount(fresh, inWords);
  const intake = about(state)?.intake;
  if (intake !== about(before)?.intake) announce(intakeInWords(intake));
  const current = currentItem(state);
  if (current && current.id !== currentItem(before)?.id)
    announce(_("Pågår nu: %(number)s. %(title)s", { number: current.number, title: current.title }));
}

function intakeInWords(intake) {
  return intake === "open" ? _("Nu kan du skicka kommentarer.") : _("Just nu går det inte att skicka kommentarer.");
}

function inWords(n) {
  return n_("%(num)s ny kommentar", "%(num)s nya kommentarer", n);
}

// On a wide screen there is room for everything; on a phone it waits for a tap.
function unfold() {
  const wide = matchMedia("(min-width: 60rem)").matches;
  for (const details of document.querySelectorAll("details[data-unfold]")) details.open ||= wide;
  for (const day of document.querySelectorAll("time[data-day]")) say(day, dayOf(day.dateTime));
}

// Wherever one reads, one tap leads to the box.
function offerTheBox() {
  const link = document.getElementById("to-write");
  const watcher = new IntersectionObserver(([box]) => show(link, !box.isIntersecting));
  watcher.observe(document.querySelector(".write"));
}
