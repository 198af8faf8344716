// Keeps what one reads where it is on the screen, whatever comes, goes or moves around it.

// Draws with `draw`, and scrolls by as much as that moved the first of the elements under `root` that was in sight. At the
// very top one reads what is newest, and nothing is held.
export function keepStill(root, selector, draw) {
  const held = scrollY > 0 ? inSight(root, selector) : [];
  draw();
  const stays = held.find(({ element }) => element.isConnected);
  if (stays) scrollBy({ top: stays.element.getBoundingClientRect().top - stays.top, behavior: "instant" });
}

function inSight(root, selector) {
  return [...root.querySelectorAll(selector)]
    .map((element) => ({ element, ...edges(element) }))
    .filter(({ top, bottom }) => bottom > 0 && top < innerHeight);
}

function edges(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return { top, bottom };
}
