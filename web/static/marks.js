// Marks on the desk's comments: not read yet, being read by a colleague, reported.

import { mark, part, say } from "./parts.js";
import { reportInWords } from "./reported.js";
import { ownSeat, seatInWords } from "./staff_session.js";
import { _ } from "./texts.js";

const read = new Set(); // ids that were in focus here

export function drawMarks(state, focused, reading) {
  if (focused) read.add(focused.id);
  for (const element of document.querySelectorAll(".lists [role=tabpanel] [data-key].comment")) {
    const id = element.dataset.key;
    const pending = state.entities.get(`comment:${id}`)?.outcome === "pending";
    const unread = pending && !read.has(id);
    const words = [unread ? _("Oläst") : "", readersInWords(id, reading), reportInWords(state, id)].filter(Boolean).join(" · ");
    if (element.marked === words) continue;
    element.marked = words;
    mark(element, "data-unread", unread ? "" : null);
    say(part(element, "marks"), words);
  }
}

function readersInWords(id, reading = []) {
  const own = ownSeat();
  const others = reading.filter(({ comment, by }) => comment === id && (by.seat !== own.seat || by.role !== own.role));
  return others.map(({ by }) => _("%(who)s läser", { who: seatInWords(by) })).join(" · ");
}
