// What staff tell everybody, as "Paus till 18.30": shown on every page, and said aloud once.

import { announce } from "./announcer.js";
import { mark, part, say, show } from "./parts.js";
import { notice } from "./store.js";

const lang = document.documentElement.lang || "sv";
let told = null;

// The notice's words in the page's language, else in Swedish: {text, language}, or null if there is none.
export function noticeFor(state, language = lang) {
  const texts = notice(state)?.texts;
  if (!texts) return null;
  const chosen = texts[language] ? language : "sv";
  return { text: texts[chosen], language: chosen };
}

export function drawStaffNotice(state) {
  const element = document.getElementById("staff-notice");
  const words = noticeFor(state);
  show(element, words !== null);
  say(part(element, "words"), words?.text ?? "");
  mark(part(element, "words"), "lang", words?.language ?? null);
  return words?.text ?? "";
}

// For the page of those who listen to it. What stood there when it was opened is read with the page.
export function drawAndAnnounce(state) {
  const text = drawStaffNotice(state);
  if (told !== null && text && text !== told) announce(text);
  told = text;
}
