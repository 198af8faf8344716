// What residents signal, for the room: "6 på distans hör inte". Only what so many say that the server tells it.

import { mark, say, show } from "./parts.js";
import { _, n_ } from "./texts.js";

const CALM = 5000; // a number that ticks draws the eye: it changes no more often than this

let shown = null;
let since = 0;

// On a lost line nothing is known of this moment, so nothing is said of it.
export function drawSignals(meeting, heard = () => {}) {
  const before = shown;
  draw(meeting, (element, told) => {
    say(element, inWords(told));
    show(element, told.length > 0);
    if (shown !== before && told.length) heard(inWords(told)); // A number that ticks is not said again.
  });
}

// The same in a place that is always there, under a heading that says who.
export function drawSignalsInPlace(meeting) {
  draw(meeting, (element, told) => {
    say(element, told.map(inShort).join(" · ") || "–");
    mark(element, "data-told", told.length ? "" : null);
  });
}

function draw({ ready, moment }, fill) {
  const told = Object.entries((ready && moment.signals) || {});
  const which = told.map(([signal]) => signal).sort().join();
  if (which === shown && Date.now() - since < CALM) return;
  [shown, since] = [which, Date.now()];
  fill(document.getElementById("signals"), told);
}

function inWords(told) {
  if (told.length > 1) return _("På distans: %(signals)s", { signals: told.map(inShort).join(" · ") });
  return told.map(alone).join();
}

function alone([signal, number]) {
  return {
    inaudible: () => n_("%(num)s på distans hör inte", "%(num)s på distans hör inte", number),
    hurried: () => n_("%(num)s på distans tycker att det går för fort", "%(num)s på distans tycker att det går för fort", number),
    unclear: () => n_("%(num)s på distans förstår inte", "%(num)s på distans förstår inte", number),
  }[signal]();
}

function inShort([signal, number]) {
  return {
    inaudible: () => _("%(number)s hör inte", { number }),
    hurried: () => _("%(number)s: för fort", { number }),
    unclear: () => n_("%(num)s förstår inte", "%(num)s förstår inte", number),
  }[signal]();
}
