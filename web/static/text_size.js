// How large a reader wants the text: two buttons, remembered in this tab alone.

import { announce } from "./announcer.js";
import { mark } from "./parts.js";
import { _ } from "./texts.js";

const SIZES = [1, 1.25, 1.5, 1.875, 2.25]; // times the page's own
const USUAL = 1;

export function offerSizes(meeting, smaller, larger) {
  const remembered = `livechat:${meeting}:text-size`;
  let at = recall(remembered);
  const draw = () => {
    document.documentElement.style.setProperty("--reading-size", SIZES[at]);
    mark(smaller, "aria-disabled", at === 0 ? "true" : null);
    mark(larger, "aria-disabled", at === SIZES.length - 1 ? "true" : null);
  };
  const step = (by) => {
    at = Math.min(Math.max(at + by, 0), SIZES.length - 1);
    keep(remembered, at);
    draw();
    announce(_("Textstorlek %(size)s av %(all)s", { size: at + 1, all: SIZES.length }));
  };
  smaller.addEventListener("click", () => step(-1));
  larger.addEventListener("click", () => step(1));
  draw();
}

function keep(name, at) {
  try {
    sessionStorage.setItem(name, String(at));
  } catch {
    // Then the size is the usual one again after a reload.
  }
}

function recall(name) {
  try {
    const at = Number(sessionStorage.getItem(name) ?? USUAL);
    return SIZES[at] ? at : USUAL;
  } catch {
    return USUAL;
  }
}
