// Who of the committee takes a comment: a short list of names that the clerk has set.

import { mark, part, show } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

// Listens to a new card that has the list; `give(what, command)` gives a command.
export function listenToAssign(card, id, give) {
  part(card, "member")?.addEventListener("change", ({ target }) => {
    give(id, { type: "assign_comment", comment: id, member: target.value });
  });
}

// The list says what the server has said, but is left alone while somebody chooses in it.
export function drawAssign(card, comment, state, busy) {
  const select = part(card, "member");
  if (!select) return;
  const names = meeting(state).members;
  show(part(card, "assign"), names.length > 0);
  if (select.options.length !== names.length + 1) select.replaceChildren(new Option(_("Ingen utsedd"), ""), ...names.map((name) => new Option(name, name)));
  mark(select, "aria-busy", busy ? "true" : null);
  if (!busy && select.value !== comment.member) select.value = comment.member;
}
