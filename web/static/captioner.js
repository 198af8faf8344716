// The typist's page: types what is said in the room, and sees it as those see it who follow the meeting.

import { closedInWords } from "./closed.js";
import { languageName } from "./languages.js";
import { drawStatus, listenForReload } from "./line_status.js";
import { Meeting } from "./meeting.js";
import { mark, part, say, show } from "./parts.js";
import { howToEnter, ownSeat, seatInWords, showDoor, takeSeat } from "./staff_session.js";
import { drawAndAnnounce } from "./staff_notice.js";
import { currentItem, discussing, meeting as about } from "./store.js";
import { _ } from "./texts.js";

const meeting = new Meeting({ onState: draw, onStatus, onCaptions });
const at = (id) => document.getElementById(id);
let last = [];

document.documentElement.dataset.live = "";
listenForReload();
at("type").addEventListener("submit", send);
at("words").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
});
at("language").addEventListener("change", drawSeen);
for (const option of at("language").options) say(option, languageName(option.value));
takeSeat(() => meeting.start());

function draw() {
  if (about(meeting.state)) drawAndAnnounce(meeting.state);
  const { closed } = about(meeting.state) ?? {};
  show(at("table"), true);
  say(at("seat"), seatInWords(ownSeat()));
  show(at("closed"), Boolean(closed));
  say(at("closed"), closed ? _("%(why)s Textningen är avstängd så länge. Skriv inget av det som sägs.", { why: closedInWords(closed) }) : "");
  if (closed) at("words").value = "";
  at("words").readOnly = Boolean(closed);
  mark(at("type").querySelector("[type=submit]"), "aria-disabled", closed ? "true" : null);
  drawNow();
}

function drawNow() {
  const [current, comment] = [currentItem(meeting.state), discussing(meeting.state)];
  say(at("now"), current ? _("Pågår nu: %(number)s. %(title)s", current) : _("Ingen punkt pågår just nu."));
  show(at("spoken"), Boolean(comment));
  say(part(at("spoken"), "text"), comment?.text ?? "");
}

function onCaptions(captions) {
  last = captions;
  drawSeen();
}

function drawSeen() {
  const { value } = at("language");
  say(at("seen"), last.find(({ language }) => language === value)?.text ?? "");
  mark(at("seen"), "lang", value);
}

function onStatus(status) {
  drawStatus(status);
  if (status.code !== 4501) return;
  show(at("table"), false);
  showDoor(howToEnter());
}

// The box is free for the next line at once; what did not get through comes back in front of it.
async function send(event) {
  event.preventDefault();
  const box = at("words");
  const words = box.value.trim();
  if (!words || about(meeting.state)?.closed) return;
  box.value = "";
  say(at("trouble"), "");
  const answer = await meeting.typeCaption(at("language").value, words);
  if (answer.type === "ack" || answer.code === "item_closed") return;
  box.value = [words, box.value].filter(Boolean).join(" ");
  say(at("trouble"), answer.type === "lost" ? _("Raden kom kanske inte fram. Den står kvar i rutan.") : answer.message);
}
