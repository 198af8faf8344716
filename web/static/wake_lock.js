// Keeps the screen awake as long as the page is seen, where the browser allows it (only over TLS).

export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  document.addEventListener("visibilitychange", ask);
  ask();
}

async function ask() {
  if (document.hidden) return;
  const lock = await navigator.wakeLock.request("screen").catch(() => null);
  lock?.addEventListener("release", ask, { once: true });
}
