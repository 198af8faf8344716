// "Anmäl": a resident says that a published comment should not be there. Only the reason goes along.

import { announce } from "./announcer.js";
import { part, say, show } from "./parts.js";
import { _ } from "./texts.js";

// `give(command)` belongs to the page.
export function listenForReports(section, give) {
  section.addEventListener("submit", (event) => {
    event.preventDefault();
    report(event.submitter, give);
  });
}

async function report(button, give) {
  const element = button.closest("[data-key]");
  const answer = await give({ type: "report_comment", comment: element.dataset.key, reason: button.value });
  const words = inWords(answer);
  say(part(element, "report-told"), words);
  show(part(element, "report-choices"), answer.type !== "ack");
  announce(words);
}

function inWords({ type, message }) {
  if (type === "ack") return _("Tack. En moderator tittar på kommentaren.");
  return type === "lost" ? _("Ingen kontakt. Försök igen när kontakten är tillbaka.") : message;
}
