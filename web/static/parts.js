// Small moves in the document: find a part, say a text, show or hide, draw a list without disturbing its reader.

export function clone(templateId) {
  return document.getElementById(templateId).content.firstElementChild.cloneNode(true);
}

// The element marked data-part="name" inside `element`.
export function part(element, name) {
  return element.querySelector(`[data-part="${name}"]`);
}

// Text goes in as text, never as markup, and only when it differs: a selection inside it survives.
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The beginning of a text, on one line.
export function inShort(text, most = 60) {
  const marks = Array.from(text.replace(/\s+/g, " "));
  return marks.length > most ? `${marks.slice(0, most - 1).join("")}…` : marks.join("");
}

export function show(element, visible) {
  if (element.hidden === visible) element.hidden = !visible;
}

export function mark(element, name, value) {
  if (value === null || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, String(value));
}

// Draws one child per entry. A child is known by its data-key and kept as long as its entry is there, so focus,
// selection and scrolling survive; children whose order did not change are not moved.
export function drawList(parent, entries, { key, create, update }) {
  const held = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = entries.map((entry) => [String(key(entry)), entry]);
  removeOthers(held, new Set(wanted.map(([name]) => name)));
  let place = parent.firstElementChild;
  for (const [name, entry] of wanted) {
    const child = held.get(name) ?? named(create(entry), name);
    update(child, entry);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
}

// A function that calls `draw` once, at the next moment the page is painted, however often it is asked.
export function painter(draw) {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    soon(() => {
      asked = false;
      draw();
    });
  };
}

function removeOthers(held, wanted) {
  for (const [name, child] of held) if (!wanted.has(name)) child.remove();
}

function named(child, name) {
  child.dataset.key = name;
  return child;
}

// A hidden page is not painted, but its title and its announcements must still follow.
function soon(call) {
  if (document.hidden) setTimeout(call, 0);
  else requestAnimationFrame(call);
}
