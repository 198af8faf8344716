// How many support a comment, in words: "12 röster", and nothing at all while nobody does.

import { tally } from "./store.js";
import { n_ } from "./texts.js";

export function tallyInWords(state, id) {
  const count = tally(state, id);
  return count ? n_("%(num)s röst", "%(num)s röster", count) : "";
}
