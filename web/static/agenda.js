// The agenda with its documents, as delivered with the page; the current item is marked as the meeting goes on.

import { clone, drawList, mark, part, say, show } from "./parts.js";
import { agenda, currentItem } from "./store.js";
import { _ } from "./texts.js";

export function drawAgenda(state) {
  const current = currentItem(state);
  say(document.getElementById("now"), current ? nowInWords(current) : _("Ingen punkt pågår just nu."));
  drawList(document.getElementById("agenda"), agenda(state), {
    key: (item) => item.id,
    create: () => clone("agenda-item"),
    update: (element, item) => drawItem(element, item, item === current),
  });
}

function nowInWords({ number, title }) {
  return _("Pågår nu: %(number)s. %(title)s", { number, title });
}

function drawItem(element, { number, title, about, documents }, isCurrent) {
  mark(element, "aria-current", isCurrent ? "true" : null);
  show(part(element, "current"), isCurrent);
  say(part(element, "title"), `${number}. ${title}`);
  say(part(element, "about"), about);
  drawList(part(element, "documents"), documents, {
    key: ({ title, url }) => `${url} ${title}`,
    create: () => clone("document"),
    update: (child, { title, url }) => drawDocument(child.querySelector("a"), title, url),
  });
}

// Only the web's own addresses become links, whatever somebody wrote into the meeting's file.
function drawDocument(link, title, url) {
  say(link, title);
  if (/^(https?:\/\/|\/(?!\/))/.test(url)) mark(link, "href", url);
}
