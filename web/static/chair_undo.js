// One tap back: the chair's last act, in words on the button, and those before it one by one after that.

import { announce } from "./announcer.js";
import { inShort, mark, say } from "./parts.js";
import { seatInWords } from "./staff_session.js";
import { comment, item } from "./store.js";
import { _ } from "./texts.js";

const SHORT = 40;

export class ChairUndo {
  #done = []; // [{act, words}, …]: what this page did, the latest last

  // `give(what, command)` gives a command and says what went wrong; it gives the answer.
  constructor(give) {
    this.give = give;
    this.button = document.getElementById("undo");
    this.button.addEventListener("click", () => this.#undoLast());
  }

  // The command with a mark of its own, so that it can be undone; and what to remember once it is taken.
  marked(command, state) {
    const words = actInWords(command, state);
    if (!words) return [command, null];
    const act = drawMark();
    return [{ ...command, act }, { act, words }];
  }

  remember(done) {
    if (done) this.#done.push(done);
  }

  // Nothing of what was done is left.
  forget() {
    this.#done = [];
  }

  draw(busy) {
    const last = this.#done.at(-1);
    say(this.button, last ? _("Ångra: %(what)s", { what: last.words }) : _("Inget att ångra"));
    mark(this.button, "aria-disabled", last ? null : "true");
    mark(this.button, "aria-busy", busy ? "true" : null);
  }

  async #undoLast() {
    const last = this.#done.at(-1);
    if (!last) return;
    const answer = await this.give("undo", { type: "undo_act", act: last.act });
    if (answer?.type === "ack") announce(_("Ångrat: %(what)s", { what: last.words }));
    // What stands in the way of the last one stands in the way of those before it.
    if (answer?.type === "ack") this.#done = this.#done.filter((one) => one !== last);
    else if (answer?.code) this.#done = [];
  }
}

// Who did what since, as far as it is known.
export function actedSinceInWords({ by }) {
  if (by?.role === "moderator") return _("%(who)s har ändrat kommentaren sedan dess. Ingenting är ångrat.", { who: seatInWords(by) });
  if (by) return _("Någon annan vid ordförandens bord har gjort något sedan dess. Ingenting är ångrat.");
  return _("Kommentaren har ändrats sedan dess. Ingenting är ångrat.");
}

function actInWords(command, state) {
  const text = `”${inShort(comment(state, command.comment)?.text ?? "", SHORT)}”`;
  return {
    discuss_comment: () => _("tog upp %(text)s", { text }),
    answer_comment: () => _("besvarad, %(text)s", { text }),
    put_back_comment: () => (command.last ? _("inte nu, %(text)s", { text }) : _("tillbaka i kön, %(text)s", { text })),
    assign_comment: () => (command.member ? _("besvaras av %(member)s, %(text)s", { member: command.member, text }) : _("ingen utsedd, %(text)s", { text })),
    move_comment: () => _("flyttade %(text)s", { text }),
    sort_queue: () => (command.how === "ballots" ? _("ordnade kön efter röster") : _("ordnade kön äldst först")),
    set_current_item: () => itemInWords(item(state, command.item)),
  }[command.type]?.();
}

function itemInWords(item) {
  return item ? _("gick till punkt %(number)s. %(title)s", { number: item.number, title: inShort(item.title, SHORT) }) : _("gick till ingen punkt");
}

function drawMark() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
