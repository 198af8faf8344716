// Keeps the screen awake as long as the page is seen, where the browser allows it (only over TLS).

const AGAIN = 60_000; // A browser may say no for a while: the battery is low, or the page was not seen yet.

let lock = null;

export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", ask);
  setInterval(ask, AGAIN);
  ask();
}

async function ask() {
  if (document.hidden || lock) return;
  lock = await navigator.wakeLock.request("screen").catch(() => null);
  lock?.addEventListener("release", released, { once: true });
}

function released() {
  lock = null;
  ask();
}
