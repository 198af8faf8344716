// A seat in the meeting for moderator and chair: the secret after # in the staff link becomes a session.

import { say, show } from "./parts.js";
import { _ } from "./texts.js";

const PATIENCE = 3000;
const { meeting, role } = document.body.dataset;
const remembered = `livechat:${meeting}:${role}:seat`;

// Calls `enter` when the page may open its line: at once, unless a link has to be exchanged first.
export async function takeSeat(enter) {
  addEventListener("hashchange", () => location.hash && location.reload());
  const secret = location.hash.slice(1);
  if (secret && !(await exchange(secret))) return;
  show(document.getElementById("door"), false);
  enter();
}

// "Moderator 2", as colleagues see it.
export function seatInWords({ role, seat }) {
  if (role === "chair") return _("Ordföranden");
  if (role === "captioner") return _("Skrivtolk %(seat)s", { seat });
  return seat ? _("Moderator %(seat)s", { seat }) : _("Moderator");
}

export function ownSeat() {
  return { role, seat: Number(recall()) || null };
}

export function isOwn(seat) {
  return seat?.role === role && seat.seat === ownSeat().seat;
}

// The line was refused: there is no valid session.
export function showDoor(words) {
  say(document.getElementById("door-words"), words);
  show(document.getElementById("door"), true);
}

export function howToEnter() {
  return _("Du behöver din personliga länk för att komma in här. Öppna länken du har fått av nämndsekreteraren. Gäller den inte längre, be om en ny.");
}

async function exchange(secret) {
  const answer = await post(secret);
  if (answer === null) return waitAndExchange(secret);
  if (!answer.role) return turnAway(answer);
  keep(answer.seat);
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

async function post(secret) {
  const body = JSON.stringify({ role, secret });
  const request = { method: "POST", headers: { "Content-Type": "application/json" }, body };
  const answer = await fetch(`/m/${meeting}/session`, request).catch(() => null);
  return (await answer?.json().catch(() => null)) ?? null;
}

async function waitAndExchange(secret) {
  showDoor(_("Ingen kontakt med tjänsten. Vi försöker igen."));
  await new Promise((done) => setTimeout(done, PATIENCE));
  return exchange(secret);
}

function turnAway({ message }) {
  showDoor(message || howToEnter());
  return false;
}

function keep(seat) {
  try {
    sessionStorage.setItem(remembered, String(seat));
  } catch {
    // Then the header says "Moderator" without a number after a reload.
  }
}

function recall() {
  try {
    return sessionStorage.getItem(remembered) ?? document.body.dataset.seat;
  } catch {
    return document.body.dataset.seat;
  }
}
