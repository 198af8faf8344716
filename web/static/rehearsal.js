// A rehearsal is marked on every page and in its title, and the mark goes when the meeting opens.

import { mark, say } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

const TOLD_FOR = 60_000;
const PREFIX = _("REPETITION") + " – ";

export function isRehearsal(state) {
  return Boolean(meeting(state)?.rehearsal);
}

// What the page is called, without the mark.
export function plainTitle() {
  return document.title.startsWith(PREFIX) ? document.title.slice(PREFIX.length) : document.title;
}

export function titled(title) {
  return document.documentElement.hasAttribute("data-rehearsal") ? PREFIX + title : title;
}

export function markRehearsal(state, before) {
  const [is, was] = [isRehearsal(state), isRehearsal(before)];
  mark(document.documentElement, "data-rehearsal", is ? "" : null);
  document.title = titled(plainTitle());
  if (was && !is) tellThatItIsOver();
}

// Where the mark was, and to those who listen; not on the screen in the room, which starts clean.
function tellThatItIsOver() {
  const element = document.getElementById("rehearsal-over");
  say(element, _("Repetitionen är slut, och allt från den är borta. Nu gäller mötet på riktigt."));
  setTimeout(() => say(element, ""), TOLD_FOR);
}
