// How the line is, in words. Shown honestly, and said aloud when it changes.

import { timeOf } from "./clock.js";
import { mark, part, say, show } from "./parts.js";
import { _ } from "./texts.js";

// Draws into #line: a sentence, and a button to reload where only that helps.
export function drawStatus(status, { kept = "" } = {}) {
  const element = document.getElementById("line");
  mark(element, "data-line", status.name);
  say(part(element, "words"), inWords(status, kept));
  show(part(element, "reload"), status.name === "outdated" || status.code === 4500);
}

export function listenForReload() {
  part(document.getElementById("line"), "reload").addEventListener("click", () => location.reload());
}

function inWords(status, kept) {
  return [sentence(status), status.name === "open" || status.name === "connecting" ? "" : kept].join(" ").trim();
}

function sentence({ name, since, code }) {
  if (name === "open") return _("Ansluten");
  if (name === "connecting") return _("Ansluter…");
  if (name === "unsaved") return _("Just nu går det inte att spara något. Vi försöker igen.");
  if (name === "outdated") return _("Sidan finns i en ny version. Ladda om den för att fortsätta.");
  if (name === "ended") return farewell(code);
  if (name === "offline") return _("Du är inte uppkopplad. Vi ansluter så snart det går.");
  if (!since) return _("Ingen kontakt. Vi försöker igen.");
  return _("Ingen kontakt sedan %(time)s. Vi försöker igen.", { time: timeOf(since) });
}

function farewell(code) {
  if (code === 4501) return _("Din länk gäller inte längre. Öppna länken du har fått en gång till, eller be om en ny.");
  if (code === 4504) return _("Mötet finns inte längre på den här adressen.");
  return _("Något blev fel på den här sidan. Ladda om den.");
}
