// A page that nobody stands beside renews itself.
//
// It never reloads blindly: where the service is away, the browser's own error page would stay on the wall. So the page
// is fetched first, and only what is there replaces this one.

const SOON = 2000;
const WITHIN = 8000; // a random part of it: all screens of a town come back after the same restart
const AGAIN = 30_000;

export class Renewal {
  #ours = document.body.dataset.page;
  #insists = false; // This page is of no use any more.

  constructor() {
    // A page with a fault in it may show what is not so any more.
    for (const fault of ["error", "unhandledrejection"]) addEventListener(fault, () => this.comeBack(AGAIN));
  }

  // After the line was opened: the service may have been replaced meanwhile.
  lookForNewer() {
    if (!this.#insists) setTimeout(() => this.#look(), soon());
  }

  // Reloads as soon as there is a page, and looks for one after so many milliseconds.
  comeBack(after = soon()) {
    if (this.#insists) return;
    this.#insists = true;
    setTimeout(() => this.#look(), after);
  }

  async #look() {
    const theirs = await pageOfService();
    if (theirs && (this.#insists || theirs !== this.#ours)) location.reload();
    else if (this.#insists) setTimeout(() => this.#look(), AGAIN);
  }
}

function soon() {
  return SOON + Math.random() * WITHIN;
}

// Which page the service has now; null if it cannot be had.
async function pageOfService() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
  const text = answer?.ok ? await answer.text().catch(() => "") : "";
  return /<body [^>]*data-page="(\w+)"/.exec(text)?.[1] ?? null;
}
