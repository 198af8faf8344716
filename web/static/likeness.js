// How like two texts are: to put the likeliest first in a list, and to choose those that say the same with one key.
// A person decides. What is chosen together holds all that the server's screening calls a near duplicate
// (moderation/screening/recent.py); a test holds the two against each other.

const LEAST = 4; // letters in a word that counts
const WORDS_ALIKE = 0.7; // of the words in the shorter one
const LETTERS_ALIKE = 0.9;

// "Build" and "do not build" are no group: these words must be in both or in neither.
export const DENIALS = new Set(
  `
  inte ej aldrig ingen inget inga nej icke utan varken ja emot mot för slipp stoppa ei en et emme ette eivät
  älä älkää ilman not no never dont without against yes ikke nei aldri لا ليس нет не ні nie ma maya
  `.match(/\S+/g),
);

// Between 0 and 1: the share of the words of the one that has fewer which the other has too.
export function likeness(one, other) {
  const [a, b] = [stems(one), stems(other)];
  const fewer = Math.min(a.size, b.size);
  return fewer ? [...a].filter((word) => b.has(word)).length / fewer : 0;
}

// A function that says whether a text says much the same as `one`: alike in words or letters, denying the same, with
// the same numbers.
export function alike(one) {
  const sketch = sketched(one);
  return (text) => {
    const other = sketched(text);
    if (sketch.text === other.text) return true;
    if (sketch.guard !== other.guard) return false;
    return likeness(one, text) >= WORDS_ALIKE || lettersAlike(sketch.text, other.text) >= LETTERS_ALIKE;
  };
}

function stems(text) {
  return new Set((text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => word.length >= LEAST).map((word) => word.slice(0, 6)));
}

function sketched(text) {
  const words = text.normalize("NFKC").toLowerCase().match(/[\p{L}\p{M}\p{N}_]+/gu) ?? [];
  const denied = [...new Set(words.filter((word) => DENIALS.has(word)))].sort();
  const numbers = words.filter((word) => /\p{Nd}/u.test(word));
  return { text: words.join(" "), guard: `${denied.join(" ")}|${numbers.join(" ")}` };
}

// Twice the letters that both have in the same order, of all letters (the ratio that the server's screening takes).
function lettersAlike(one, other) {
  const all = one.length + other.length;
  if (2 * Math.min(one.length, other.length) < LETTERS_ALIKE * all) return 0;
  let before = new Uint16Array(other.length + 1);
  for (const letter of one) {
    const row = new Uint16Array(other.length + 1);
    for (let n = 1; n <= other.length; n++)
      row[n] = letter === other[n - 1] ? before[n - 1] + 1 : Math.max(before[n], row[n - 1]);
    before = row;
  }
  return (2 * before[other.length]) / all;
}
