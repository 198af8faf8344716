// The approved comments of all, under their agenda items, in the order they were given their place.

import { timeOfMinute } from "./clock.js";
import { clone, drawList, mark, part, say, show } from "./parts.js";
import { commentsByItem, meeting, shown } from "./store.js";
import { _ } from "./texts.js";

// `own` is the set of ids that this browser wrote.
export function drawShown(state, own) {
  const section = document.getElementById("shown");
  show(part(section, "none"), shown(state).length === 0);
  drawList(part(section, "groups"), commentsByItem(state), {
    key: ({ item }) => item.id,
    create: () => clone("shown-group"),
    update: (element, group) => drawGroup(element, group, meeting(state), own),
  });
}

function drawGroup(element, { item, comments }, meeting, own) {
  say(part(element, "title"), `${item.number}. ${item.title}`);
  drawList(part(element, "list"), comments, {
    key: (comment) => comment.id,
    create: () => clone("shown-comment"),
    update: (child, comment) => drawComment(child, comment, meeting, own),
  });
}

function drawComment(element, comment, meeting, own) {
  mark(element, "data-outcome", comment.outcome);
  say(part(element, "text"), comment.text);
  show(part(element, "own"), own.has(comment.id));
  say(part(element, "outcome"), outcomeInWords(comment, meeting));
}

function outcomeInWords({ outcome, answered }, meeting) {
  if (outcome === "discussing") return _("Diskuteras nu");
  if (outcome === "answered") return _("Besvarades kl. %(time)s", { time: timeOfMinute(answered, meeting.announced) });
  return "";
}
