// How many support a comment, in words: "12 röster", and nothing at all while nobody does.

import { tally } from "./store.js";
import { n_ } from "./texts.js";

// "12 röster, och 5 på en liknande kommentar": side by side, for one browser may have supported several of them.
export function tallyInWords(state, id) {
  const { count, similar = [] } = tally(state, id) ?? { count: 0 };
  if (count === 0 && similar.length === 0) return "";
  const own = n_("%(num)s röst", "%(num)s röster", count);
  if (similar.length === 0) return own;
  const others = similar.join(", ");
  return n_("%(own)s, och %(others)s på en liknande kommentar", "%(own)s, och %(others)s på liknande kommentarer", similar.length, { own, others });
}
