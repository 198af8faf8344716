// Captions on the screen in the room, where the meeting wants them: a strip below everything else.

import { mark, say, show } from "./parts.js";

const LIFE = 120_000; // as long as the server keeps them
let fading = null;

// The first language there is: the room has one strip.
export function drawCaptions([caption]) {
  clearTimeout(fading);
  if (caption) fading = setTimeout(() => drawCaptions([]), LIFE); // On a lost line nobody says that it is old.
  const strip = document.getElementById("captions");
  show(strip, Boolean(caption));
  say(strip.firstElementChild, caption?.text ?? "");
  mark(strip, "lang", caption?.language ?? null);
}
