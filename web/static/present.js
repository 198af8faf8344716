// How many follow the meeting, in words. Staff know the number, residents only about how many.

import { _, n_ } from "./texts.js";

// `present` is a number, or [least, most] where `most` is null for "and more".
export function presentInWords(present) {
  if (present === null) return "";
  if (!Array.isArray(present)) return n_("%(num)s följer mötet", "%(num)s följer mötet", present);
  const [least, most] = present;
  if (least === 0) return _("Färre än %(number)s följer mötet", { number: most + 1 });
  if (most === null) return _("%(number)s eller fler följer mötet", { number: least });
  return _("%(least)s–%(most)s följer mötet", { least, most });
}
