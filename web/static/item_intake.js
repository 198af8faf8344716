// Whether an agenda item takes comments, and for how long still.

import { secondsUntil } from "./clock.js";
import { item, meeting } from "./store.js";

// Infinity while it is open, 0 once it takes none.
export function secondsLeft(state, id) {
  const until = item(state, id)?.until ?? null;
  return until === null ? Infinity : secondsUntil(until, meeting(state).announced);
}
