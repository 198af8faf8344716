// Blacking out: what points out a person is replaced by a bar that tells neither the letters nor how many they were.

import { flagsOfText } from "./flags.js";

const BAR = "███";

// `spans` are [start, end) in code points, in any order; those that touch or overlap become one bar.
export function masked(text, spans) {
  const marks = Array.from(text);
  let [out, at] = ["", 0];
  for (const [start, end] of united(spans)) {
    out += marks.slice(at, start).join("") + BAR;
    at = end;
  }
  return out + marks.slice(at).join("");
}

// Where screening found what points out a person in the text that is shown, if it did.
export function flaggedSpans(comment) {
  return flagsOfText(comment).filter(({ code, severity }) => severity === "red" || code === "person_name").flatMap(({ spans }) => spans);
}

// The reader's selection inside `element`, as spans of its text.
export function selectedSpans(element) {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return [];
  const range = selection.getRangeAt(0);
  if (!element.contains(range.commonAncestorContainer)) return [];
  const before = document.createRange();
  before.setStart(element, 0);
  before.setEnd(range.startContainer, range.startOffset);
  const start = Array.from(before.toString()).length;
  return [[start, start + Array.from(range.toString()).length]];
}

// What is marked in a field, as spans of its text.
export function markedSpans({ value, selectionStart, selectionEnd }) {
  const points = (units) => Array.from(value.slice(0, units)).length;
  return selectionStart === selectionEnd ? [] : [[points(selectionStart), points(selectionEnd)]];
}

function united(spans) {
  const sorted = [...spans].sort(([a], [b]) => a - b);
  const out = [];
  for (const [start, end] of sorted) {
    const last = out.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else out.push([start, end]);
  }
  return out;
}
