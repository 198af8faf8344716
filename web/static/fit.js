// How large a text can be in the room it has.

const STEPS = 12; // halvings: to a quarter of a thousandth of the range

// Sets the largest --size (in pixels, between `least` and `most`) at which `text` stays inside `room`, and gives it.
export function fit(text, room, least, most) {
  let [low, high] = [least, most];
  for (let step = 0; step < STEPS && high - low > 0.5; step++) {
    const size = (low + high) / 2;
    setSize(text, size);
    if (fits(text, room)) low = size;
    else high = size;
  }
  setSize(text, low);
  return low;
}

function setSize(element, size) {
  element.style.setProperty("--size", `${size}px`);
}

function fits(element, room) {
  return element.scrollHeight <= room.clientHeight && element.scrollWidth <= room.clientWidth;
}
