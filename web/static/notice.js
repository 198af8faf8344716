// What holds for everybody on the resident's page just now: a closed item, no moderator, slow mode.

import { announce } from "./announcer.js";
import { closedInWords } from "./closed.js";
import { say, show } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

let told = "";

export function drawNotice(state, { attended }) {
  const element = document.getElementById("notice");
  const words = inWords(meeting(state) ?? {}, attended);
  show(element, words !== "");
  say(element, words);
  if (words !== told && words) announce(words);
  told = words;
}

function inWords({ closed, intake, slow }, attended) {
  if (closed) return _("%(why)s Kommentarer och röster är stängda så länge. Det du skriver finns kvar.", { why: closedInWords(closed) });
  if (intake !== "open") return "";
  const alone = attended === false ? _("Ingen moderator är inne just nu. Du kan skicka, men ingen läser förrän en moderator är tillbaka.") : "";
  return [alone, slow ? slowInWords(slow) : ""].filter(Boolean).join(" ");
}

function slowInWords(seconds) {
  return _("Många skriver. Det behöver gå %(seconds)s sekunder mellan två kommentarer från dig. Skickar du tidigare väntar kommentaren och går iväg av sig själv.", { seconds });
}
