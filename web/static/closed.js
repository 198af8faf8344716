// A closed item, in words. Why doors are closed is always said (Kommunallagen 6 kap. 25 §).

import { _ } from "./texts.js";

export function closedInWords(why) {
  return {
    secrecy: _("Punkten behandlas bakom stängda dörrar, för att det som sägs omfattas av sekretess."),
    exercise_of_authority: _("Punkten behandlas bakom stängda dörrar, för att den gäller myndighetsutövning mot någon enskild."),
  }[why] ?? "";
}
