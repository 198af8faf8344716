// On what terms residents take part, for those who set them: intake, slow mode, the queue's limit, the closed item.

import { closedInWords } from "./closed.js";
import { mark, say, show } from "./parts.js";
import { meeting } from "./store.js";
import { _ } from "./texts.js";

export class Terms {
  // `act(command)` gives a command and says what went wrong. A page has those of the buttons that it needs.
  constructor(act) {
    this.act = act;
    this.#on("intake-switch", "click", () => this.switchIntake());
    this.#on("slow", "change", ({ target }) => act({ type: "set_slow_mode", seconds: Number(target.value) }));
    this.#on("most-pending", "change", ({ target }) => act({ type: "limit_intake", most: Number(target.value) }));
    this.#on("close-secrecy", "click", () => act({ type: "close_item", why: "secrecy" }));
    this.#on("close-authority", "click", () => act({ type: "close_item", why: "exercise_of_authority" }));
    this.#on("reopen", "click", () => act({ type: "reopen_item" }));
  }

  switchIntake() {
    const about = meeting(this.state);
    if (about?.intake === "open") this.act({ type: "pause_intake" });
    else if (mayOpen(about)) this.open();
  }

  // The one key that opens again, whatever paused.
  open() {
    if (mayOpen(meeting(this.state))) this.act({ type: "open_intake" });
  }

  draw(state) {
    this.state = state;
    const about = meeting(state);
    if (!about) return;
    this.#drawIntake(about);
    this.#choose("slow", about.slow);
    this.#choose("most-pending", about.most_pending);
    drawClosed(about.closed);
  }

  #drawIntake(about) {
    const button = document.getElementById("intake-switch");
    if (!button) return;
    say(document.getElementById("side-intake"), intakeInWords(about));
    say(button.firstElementChild, about.intake === "open" ? _("Pausa") : _("Öppna"));
    show(button.querySelector("kbd"), about.intake !== "open");
    show(button, about.intake === "open" || mayOpen(about));
  }

  #choose(id, value) {
    const select = document.getElementById(id);
    if (!select || document.activeElement === select) return;
    if (![...select.options].some((option) => option.value === String(value))) select.add(new Option(String(value), String(value)));
    select.value = String(value);
  }

  #on(id, event, act) {
    document.getElementById(id)?.addEventListener(event, act);
  }
}

export function drawClosed(why) {
  mark(document.getElementById("closing"), "data-closed", why);
  if (why) document.getElementById("closing").open = true; // Where it folds at all.
  say(document.getElementById("closed-words"), why ? closedInWords(why) : _("Stänger kommentarer, röster och skärmen i rummet på en gång."));
  for (const id of ["close-secrecy", "close-authority"]) show(document.getElementById(id), !why);
  show(document.getElementById("reopen"), Boolean(why));
}

function mayOpen(about) {
  return about?.intake === "paused" && about.paused_by !== "chair";
}

export function intakeInWords({ intake, closed, paused_by: by }) {
  if (closed) return _("stängda med punkten");
  if (intake === "open") return _("öppna");
  if (intake !== "paused") return _("inte öppnade än");
  return { moderator: _("pausade av en moderator"), nobody: _("pausade: ingen moderator var inne") }[by] ?? _("pausade av ordföranden");
}
