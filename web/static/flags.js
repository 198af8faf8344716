// What screening found, on the desk: in words, and marked in the comment's own text.

import { _ } from "./texts.js";

export function flagInWords(code) {
  return {
    crisis: _("kan vara i fara"),
    threat: _("kan vara ett hot"),
    personnummer: _("personnummer"),
    foreign_id: _("utländskt personnummer"),
    phone: _("telefonnummer"),
    email: _("e-postadress"),
    handle: _("användarnamn"),
    address: _("adress"),
    plate: _("registreringsnummer"),
    payment: _("kontonummer"),
    person_name: _("enskild persons namn"),
    individual_case: _("enskilt ärende"),
    health_social: _("någons hälsa eller livssituation"),
    case_number: _("ärendenummer"),
    hate: _("kan vara hat mot en grupp"),
    insult: _("kan vara en förolämpning"),
    listed: _("ord från mötets lista"),
    screening_failed: _("kunde inte granskas automatiskt"),
    profanity: _("grovt språk"),
    unicode_abuse: _("förvillande tecken"),
    shouting: _("stora bokstäver"),
    repetition: _("upprepning"),
    gibberish: _("inte ord"),
    markup: _("programkod"),
    url: _("länk"),
    spam: _("kan vara reklam"),
    flood: _("samma många gånger"),
    near_duplicate: _("liknar en tidigare"),
  }[code] ?? code;
}

export function isAlarming({ flags = [] }) {
  return flags.some(({ severity }) => severity === "alarm");
}

// What was found in the text that is shown: the original's, or that of what a moderator made of it.
export function flagsOfText({ original = null, flags = [], shown_flags: shown = [] }) {
  return original === null ? flags : shown;
}

// All that was found in either text, each kind once.
export function allFlags({ flags = [], shown_flags: shown = [] }) {
  const known = new Set(flags.map(({ code }) => code));
  return [...flags, ...shown.filter(({ code }) => !known.has(code))];
}

// Data about somebody: covered until a moderator asks to see it.
export function holdsData(comment) {
  return allFlags(comment).some(isRed);
}

// Whether such data would be shown: an edited comment may still have it, or not, or have got it.
export function showsData(comment) {
  const { text, original, flags = [] } = comment;
  if (flagsOfText(comment).some(isRed)) return true;
  const letters = [...(original ?? text)];
  const found = flags.filter(isRed).flatMap(({ spans }) => spans.map(([start, end]) => letters.slice(start, end).join("")));
  return found.some((words) => text.includes(words));
}

// The comment's text in pieces, each with what was found there. Places are counted in code points.
export function pieces(comment) {
  const flags = flagsOfText(comment);
  const letters = [...comment.text];
  const found = flags.filter(({ spans }) => !spans.some(([start, end]) => start === 0 && end === letters.length && letters.length > 40));
  const edges = new Set([0, letters.length, ...found.flatMap(({ spans }) => spans.flat())]);
  const places = [...edges].filter((place) => place <= letters.length).sort((a, b) => a - b);
  return places.slice(1).map((end, n) => {
    const start = places[n];
    const here = found.filter(({ spans }) => spans.some(([first, last]) => first <= start && end <= last));
    return { text: letters.slice(start, end).join(""), flags: here };
  });
}

// Spans of the text as it is drawn, as spans of the comment's own: what touches a cover is all that is under it.
export function placesIn(comment, spans, revealed) {
  let [drawn, own] = [0, 0];
  const places = pieces(comment).map((piece) => {
    const covered = isData(piece) && !revealed;
    const [length, shown] = [[...piece.text].length, [...(covered ? coverInWords(piece) : piece.text)].length];
    const place = { covered, drawn, own, shown, length };
    [drawn, own] = [drawn + shown, own + length];
    return place;
  });
  return spans.flatMap(([start, end]) =>
    places.filter((at) => at.drawn < end && start < at.drawn + at.shown).map((at) => {
      if (at.covered) return [at.own, at.own + at.length];
      return [at.own + Math.max(start - at.drawn, 0), at.own + Math.min(end - at.drawn, at.length)];
    }),
  );
}

// The text with what was found marked, and data about somebody covered unless `revealed`.
export function drawMarked(element, comment, revealed) {
  const drawn = JSON.stringify([comment, revealed]);
  if (element.drawn === drawn) return; // A selection inside it survives.
  element.drawn = drawn;
  element.replaceChildren(...pieces(comment).map((piece) => drawPiece(piece, revealed)));
}

// The same without the covered parts, for where there is no room to ask.
export function coveredText(comment) {
  return pieces(comment).map((piece) => (isData(piece) ? coverInWords(piece) : piece.text)).join("");
}

function drawPiece(piece, revealed) {
  if (!piece.flags.length) return document.createTextNode(piece.text);
  const mark = document.createElement("mark");
  const covered = isData(piece) && !revealed;
  mark.className = covered ? "covered" : piece.flags[0].severity;
  mark.textContent = covered ? coverInWords(piece) : piece.text;
  mark.title = piece.flags.map(({ code }) => flagInWords(code)).join(", ");
  return mark;
}

function isData(piece) {
  return piece.flags.some(isRed);
}

function isRed({ severity }) {
  return severity === "red";
}

function coverInWords({ flags }) {
  return `[${flagInWords(flags.find(isRed).code)}]`;
}
