// What stands beside a comment's text wherever it is shown: its translation, who puts it forward, how many say the same,
// and who of the committee answers it.

import { languageName } from "./languages.js";
import { mark, part, say, show } from "./parts.js";
import { _, n_ } from "./texts.js";

// Fills the part "translation" (with the parts "language" and "words" in it) and the part "also", where there are any.
export function drawBeside(element, comment) {
  drawTranslation(part(element, "translation"), comment.translation);
  say(part(element, "also"), alsoInWords(comment));
}

export function drawTranslation(element, translation) {
  show(element, Boolean(translation));
  say(part(element, "language"), translation ? _("Översatt till %(language)s:", { language: languageName(translation.language) }) : "");
  say(part(element, "words"), translation?.text ?? "");
  mark(part(element, "words"), "lang", translation?.language ?? null);
}

export function alsoInWords({ body, similar, member, outcome }) {
  const by = body ? _("framfört av %(body)s", { body }) : "";
  const others = similar ? n_("och %(num)s liknande", "och %(num)s liknande", similar) : "";
  return [by, others, member ? memberInWords(member, outcome) : ""].filter(Boolean).join(" · ");
}

function memberInWords(member, outcome) {
  return outcome === "answered" ? _("besvarades av %(member)s", { member }) : _("besvaras av %(member)s", { member });
}
