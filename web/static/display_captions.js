// Captions on the screen in the room, where the meeting wants them: a strip below everything else.

import { mark, say, show } from "./parts.js";

// The first language there is: the room has one strip.
export function drawCaptions([caption]) {
  const strip = document.getElementById("captions");
  show(strip, Boolean(caption));
  say(strip.firstElementChild, caption?.text ?? "");
  mark(strip, "lang", caption?.language ?? null);
}
