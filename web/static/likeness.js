// How like two texts are, to put the likeliest first in a list. A person decides whether they say the same.

const LEAST = 4; // letters in a word that counts

// Between 0 and 1: the share of the words of the one that has fewer which the other has too.
export function likeness(one, other) {
  const [a, b] = [words(one), words(other)];
  const fewer = Math.min(a.size, b.size);
  return fewer ? [...a].filter((word) => b.has(word)).length / fewer : 0;
}

function words(text) {
  return new Set((text.toLowerCase().match(/\p{L}+/gu) ?? []).filter((word) => word.length >= LEAST).map((word) => word.slice(0, 6)));
}
