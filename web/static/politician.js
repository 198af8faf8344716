// The politicians' page: what is discussed and what waits, to read at one's own pace and in one's own size. It only reads.

import { announce, announceCount } from "./announcer.js";
import { drawBeside } from "./beside.js";
import { timeOfMinute } from "./clock.js";
import { closedInWords } from "./closed.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { Meeting } from "./meeting.js";
import { clone, drawList, inShort, painter, part, say, show } from "./parts.js";
import { howToEnter, showDoor, takeSeat } from "./staff_session.js";
import { drawAndAnnounce } from "./staff_notice.js";
import { keepStill } from "./steady.js";
import { answered, comment, currentItem, discussing, item, meeting as about, queue, queueByItem, shown } from "./store.js";
import { tallyInWords } from "./tally.js";
import { offerSizes } from "./text_size.js";
import { _, n_ } from "./texts.js";

const meeting = new Meeting({ onState, onStatus });
const paint = painter(draw);
const at = (id) => document.getElementById(id);

document.documentElement.dataset.live = "";
offerSizes(meeting.id, at("smaller"), at("larger"));
offerWhatIsDiscussed();
listenForReload();
takeSeat(() => meeting.start());

function onState(state, before) {
  show(at("reading"), true);
  if (meeting.ready) announceNew(state, before);
  paint();
}

function onStatus(status) {
  drawStatus(status);
  if (status.code !== 4501) return;
  show(at("reading"), false);
  showDoor(howToEnter());
}

function draw() {
  if (!about(meeting.state)) return;
  keepStill(at("reading"), "li.card", drawAll);
}

function drawAll() {
  const { closed } = about(meeting.state);
  show(at("notice"), Boolean(closed));
  say(at("notice"), closed ? closedInWords(closed) : "");
  drawAndAnnounce(meeting.state);
  drawDiscussing(discussing(meeting.state));
  drawQueue(queue(meeting.state).length);
  drawAnswered(answered(meeting.state));
}

function drawDiscussing(spoken) {
  show(part(at("discussing"), "none"), !spoken);
  drawCards(part(at("discussing"), "list"), spoken ? [spoken] : [], ({ item }) => itemInWords(item));
}

function drawQueue(count) {
  say(part(at("queue"), "count"), count ? `(${count})` : "");
  show(part(at("queue"), "none"), count === 0);
  drawList(part(at("queue"), "groups"), queueByItem(meeting.state), {
    key: ({ item }) => item.id,
    create: () => clone("group"),
    update: drawGroup,
  });
}

function drawGroup(element, { item, comments }) {
  show(part(element, "current"), item.id === currentItem(meeting.state)?.id);
  say(part(element, "title"), `${item.number}. ${item.title}`);
  drawCards(part(element, "list"), comments, () => "");
}

function drawAnswered(comments) {
  show(at("answered"), comments.length > 0);
  say(part(at("answered"), "count"), n_("%(num)s besvarad", "%(num)s besvarade", comments.length));
  drawCards(part(at("answered"), "list"), comments, answeredInWords);
}

function drawCards(parent, comments, facts) {
  drawList(parent, comments, {
    key: ({ id }) => id,
    create: () => clone("reading-card"),
    update: (element, comment) => drawCard(element, comment, facts(comment)),
  });
}

function drawCard(element, comment, facts) {
  say(part(element, "item"), facts);
  say(part(element, "text"), comment.text);
  say(part(element, "tally"), tallyInWords(meeting.state, comment.id));
  drawBeside(element, comment);
}

function itemInWords(id) {
  const { number, title } = item(meeting.state, id) ?? {};
  return number ? `${number}. ${title}` : "";
}

function answeredInWords(comment) {
  const time = timeOfMinute(comment.answered, about(meeting.state).announced);
  return [itemInWords(comment.item), _("besvarad kl. %(time)s", { time })].join(" · ");
}

function announceNew(state, before) {
  const spoken = discussing(state);
  if (spoken && spoken.id !== discussing(before)?.id) announce(_("Diskuteras nu: %(text)s", { text: inShort(spoken.text, 200) }));
  const current = currentItem(state);
  if (current && current.id !== currentItem(before)?.id)
    announce(_("Pågår nu: %(number)s. %(title)s", { number: current.number, title: current.title }));
  const fresh = shown(state).filter(({ id }) => !comment(before, id)).length;
  announceCount(fresh, (n) => n_("%(num)s ny kommentar", "%(num)s nya kommentarer", n));
}

// Wherever one reads, one tap leads to what is discussed.
function offerWhatIsDiscussed() {
  const link = at("to-discussing");
  const watcher = new IntersectionObserver(([section]) => show(link, !section.isIntersecting && !at("reading").hidden));
  watcher.observe(at("discussing"));
}
