// The approved comments of all, under their agenda items, in the order they were given their place.

import { drawBeside } from "./beside.js";
import { timeOfMinute } from "./clock.js";
import { clone, drawList, mark, part, say, show } from "./parts.js";
import { commentsByItem, meeting, shown, takesBallots } from "./store.js";
import { tallyInWords } from "./tally.js";
import { _ } from "./texts.js";

// `own` is the set of ids that this browser wrote, `support` what it supports.
export function drawShown(state, own, support) {
  const section = document.getElementById("shown");
  show(part(section, "none"), shown(state).length === 0);
  drawList(part(section, "groups"), commentsByItem(state), {
    key: ({ item }) => item.id,
    create: () => clone("shown-group"),
    update: (element, group) => drawGroup(element, group, { state, own, support }),
  });
}

function drawGroup(element, { item, comments }, page) {
  say(part(element, "title"), `${item.number}. ${item.title}`);
  drawList(part(element, "list"), comments, {
    key: (comment) => comment.id,
    create: ({ id }) => newComment(id, page.support),
    update: (child, comment) => drawComment(child, comment, page),
  });
}

// The button is described by the comment it is about: a list of buttons alone says nothing.
function newComment(id, support) {
  const element = clone("shown-comment");
  mark(part(element, "text"), "id", `text-${id}`);
  mark(part(element, "support"), "aria-describedby", `text-${id}`);
  part(element, "support").addEventListener("click", () => support.toggle(id));
  return element;
}

function drawComment(element, comment, { state, own, support }) {
  mark(element, "data-outcome", comment.outcome);
  say(part(element, "text"), comment.text);
  drawBeside(element, comment);
  show(part(element, "own"), own.has(comment.id));
  say(part(element, "outcome"), outcomeInWords(comment, meeting(state)));
  say(part(element, "tally"), tallyInWords(state, comment.id));
  say(part(element, "trouble"), support.troubleWith(comment.id));
  drawSupport(element, comment, support, takesBallots(comment) && !meeting(state)?.closed);
}

function drawSupport(element, comment, support, open) {
  const button = part(element, "support");
  for (const name of ["support", "one-each"]) show(part(element, name), open);
  mark(button, "aria-pressed", String(support.supports(comment.id)));
  mark(button, "aria-busy", support.wanted(comment.id) === undefined ? null : "true");
  say(button, supportInWords(support, comment.id));
}

function supportInWords(support, id) {
  const wanted = support.wanted(id);
  if (wanted === undefined) return support.supports(id) ? _("Du stöder") : _("Stöd");
  if (!support.online) return _("Väntar på kontakt…");
  return wanted ? _("Skickas…") : _("Tar tillbaka…");
}

function outcomeInWords({ outcome, answered }, meeting) {
  if (outcome === "discussing") return _("Diskuteras nu");
  if (outcome === "answered") return _("Besvarades kl. %(time)s", { time: timeOfMinute(answered, meeting.announced) });
  return "";
}
