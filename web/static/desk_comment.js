// One comment on the desk: its facts, its texts, and what can be decided about it.

import { alsoInWords, drawTranslation } from "./beside.js";
import { minutesSince, timeOfMinute } from "./clock.js";
import { allFlags, coveredText, drawMarked, flagInWords, holdsData, isAlarming } from "./flags.js";
import { languageName } from "./languages.js";
import { flaggedSpans } from "./masking.js";
import { can, outcomeInWords } from "./outcomes.js";
import { clone, drawList, inShort, mark, part, say, show } from "./parts.js";
import { reasonInBrief } from "./reasons.js";
import { seatInWords } from "./staff_session.js";
import { comment as find, item, meeting, tally } from "./store.js";
import { tallyInWords } from "./tally.js";
import { _, n_ } from "./texts.js";

// The button of each decision, and what it says while that is on its way.
const BUTTONS = {
  approve: { type: "approve_comment", during: () => _("Godkänner…"), otherwise: (asks) => (asks ? _("Godkänn ändå") : _("Godkänn")) },
  decline: { type: "decline_comment", during: () => _("Avslår…"), otherwise: () => _("Avslå") },
  refer: { type: "refer_comment", during: () => _("Hänvisar…"), otherwise: () => _("Hänvisa") },
  edit: { type: "edit_comment", during: () => _("Sparar…"), otherwise: () => _("Redigera") },
  merge: { type: "merge_comment", during: () => _("Lägger ihop…"), otherwise: () => _("Lägg ihop") },
  translate: { type: "translate_comment", during: () => _("Sparar…"), otherwise: () => _("Översätt") },
  seal: { type: "seal_comment", during: () => _("Förseglar…"), otherwise: () => _("Hot") },
  "take-back": { type: "take_back_comment", during: () => _("Tar tillbaka…"), otherwise: () => _("Ta tillbaka") },
};

const PANELS = { decline: "reasons", refer: "channels", edit: "edit", merge: "merge", translate: "translate" };

export function newDeskComment(acts) {
  const element = clone("desk-comment");
  const on = (name, act) => part(element, name).addEventListener("click", act);
  for (const [name, panel] of Object.entries(PANELS)) on(name, () => acts.ask(panel));
  on("approve", () => acts.approve());
  on("black", () => acts.blackOut());
  on("reveal", () => acts.reveal());
  on("seal", () => acts.seal());
  on("take-back", () => acts.takeBack());
  on("choose", () => acts.choose());
  return element;
}

// `inFocus`, `chosen` (is it one of several that were chosen), `revealed` (is the data about somebody shown), `sure` (is it
// shown to all if it is approved once more), `asks` (does an approval wait for another), `busy` (the command under way), `trouble`, `panel`.
export function drawDeskComment(element, comment, state, { inFocus, chosen, revealed, sure, asks, busy, trouble, panel }) {
  const about = item(state, comment.item);
  mark(element, "aria-current", inFocus ? "true" : null);
  mark(element, "tabindex", inFocus ? "0" : "-1");
  mark(element, "aria-busy", busy ? "true" : null);
  mark(element, "data-chosen", chosen ? "" : null);
  show(part(element, "chosen"), chosen);
  say(part(element, "item"), about ? `${about.number}. ${about.title}` : "");
  say(part(element, "when"), whenInWords(comment, state));
  say(part(element, "outcome"), ["discussing", "answered"].includes(comment.outcome) ? outcomeInWords(comment.outcome) : "");
  say(part(element, "tally"), tallyInWords(state, comment.id));
  say(part(element, "also"), factsInWords(comment));
  drawFindings(element, comment, state, revealed);
  drawTranslation(part(element, "translation"), comment.translation);
  show(part(element, "original"), comment.original !== null);
  show(part(element, "sure"), sure);
  say(part(element, "decided"), decidedInWords(comment, state));
  say(part(element, "trouble"), trouble);
  drawChoices(element, comment, { inFocus, revealed, asks, busy, panel });
  drawPanel(part(element, "panel"), panel, state);
}

// All that the drawing takes from elsewhere in the meeting: what is the same object has not changed.
export function dependsOn({ id, item: about, suggested, into, outcome, received }, state) {
  const { announced } = meeting(state);
  const minutes = outcome === "pending" ? minutesSince(received, announced) : 0;
  return [meeting(state), item(state, about), item(state, suggested), tally(state, id), find(state, into), minutes];
}

function drawFindings(element, comment, state, revealed) {
  const { text, original, flags, shown_flags, language } = comment;
  mark(element, "data-alarm", isAlarming(comment) ? "" : null);
  drawList(part(element, "flags"), allFlags(comment), { key: ({ code }) => code, create: newFlag, update: () => {} });
  say(part(element, "chips"), chipsInWords(comment, state));
  drawMarked(part(element, "text"), { text, original, flags, shown_flags }, revealed);
  drawMarked(part(element, "original-text"), { text: original ?? "", flags: original === null ? [] : flags }, revealed);
  for (const name of ["text", "original-text"]) mark(part(element, name), "lang", language ?? meeting(state).language);
}

function newFlag({ code, severity }) {
  const flag = document.createElement("li");
  flag.className = severity;
  flag.textContent = flagInWords(code);
  return flag;
}

// What helps to find the right person and the right place; it counts neither for nor against a comment.
function chipsInWords({ language, suggested, outside, item: chosen }, state) {
  const other = suggested && suggested !== chosen ? item(state, suggested) : null;
  return [
    language && language !== meeting(state).language ? languageName(language) : "",
    other ? _("hör kanske till %(number)s. %(title)s", other) : "",
    outside ? _("kanske utanför uppdraget") : "",
  ].filter(Boolean).join(" · ");
}

function drawChoices(element, comment, { inFocus, revealed, asks, busy, panel }) {
  show(part(element, "choices"), inFocus || Boolean(busy));
  for (const [name, { type, during, otherwise }] of Object.entries(BUTTONS)) {
    const button = part(element, name);
    show(button, can(type, comment));
    mark(button, "aria-busy", busy === type ? "true" : null);
    say(button.firstElementChild, busy === type ? during() : otherwise(asks && inFocus));
    if (PANELS[name]) mark(button, "aria-expanded", String(panel?.kind === PANELS[name]));
  }
  show(part(element, "reveal"), holdsData(comment));
  say(part(element, "reveal").firstElementChild, revealed ? _("Dölj uppgifterna") : _("Visa uppgifterna"));
  mark(part(element, "reveal"), "aria-pressed", String(revealed));
  show(part(element, "black"), can("edit_comment", comment) && flaggedSpans(comment).length > 0);
}

function drawPanel(place, panel, state) {
  show(place, Boolean(panel));
  if (panel) panel.drawIn(place, state);
  else if (place.firstChild) place.replaceChildren();
}

function whenInWords({ outcome, received }, state) {
  if (outcome !== "pending") return "";
  const minutes = minutesSince(received, meeting(state).announced);
  if (minutes === 0) return _("nyss inkommen");
  return n_("väntat %(num)s minut", "väntat %(num)s minuter", minutes);
}

function factsInWords(comment) {
  const entered = comment.entered ? _("inskriven av %(who)s", { who: seatInWords(comment.entered) }) : "";
  return [entered, alsoInWords(comment)].filter(Boolean).join(" · ");
}

function decidedInWords(comment, state) {
  if (comment.outcome === "pending" || !comment.by) return "";
  const time = timeOfMinute(comment.decided, meeting(state).announced);
  return [whyInWords(comment, state), `${seatInWords(comment.by)}, ${time}`].filter(Boolean).join(" · ");
}

function whyInWords({ outcome, reason, channel, into }, state) {
  if (outcome === "declined") return _("Avslagen: %(reason)s", { reason: reasonInBrief(reason) });
  if (outcome === "referred") return _("Hänvisad till %(channel)s", { channel: channelName(state, channel) });
  if (outcome !== "merged") return "";
  const carrier = find(state, into);
  if (!carrier) return _("Hoplagd med en kommentar som inte finns kvar");
  return _("Hoplagd med ”%(text)s” (%(outcome)s)", { text: inShort(coveredText(carrier)), outcome: outcomeInWords(carrier.outcome) });
}

function channelName(state, id) {
  return meeting(state).channels.find((channel) => channel.id === id)?.name ?? id;
}
