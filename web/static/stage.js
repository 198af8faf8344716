// How large the words on the stage are.

import { fit } from "./fit.js";

const MOST = 0.13;
const LEAST = 8;

// Of the screen's shorter side. A capital is 0.7 of it: 43 pixels of 1080, 38 mm on a screen of 75 inches, and so 16
// minutes of arc from 8 metres: the least that ISO 9241-3 asks of letters.
const READABLE = 0.0575;

// Makes `words` as large as `room` lets them be, and says whether they can be read from the far end of the room.
export function fitStage(words, room, { most = MOST } = {}) {
  const side = Math.min(innerHeight, innerWidth);
  const scale = Number(getComputedStyle(words).getPropertyValue("--scale"));
  return fit(words, room, LEAST, side * most * scale) >= side * READABLE * Math.max(1, scale);
}
