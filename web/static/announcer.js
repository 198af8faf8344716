// One quiet voice for those who listen to the page: it gathers what happens and says it in one go.

const GATHER = 700;
const GATHER_COUNTS = 5000;
const lines = [];
const counts = new Map(); // words → number
let timer = null;
let due = Infinity;

export function announce(text) {
  if (!lines.includes(text)) lines.push(text);
  speakWithin(GATHER);
}

// `words(n)` gives the sentence for a number of things, such as "3 nya kommentarer".
export function announceCount(n, words) {
  if (n > 0) counts.set(words, (counts.get(words) ?? 0) + n);
  if (n > 0) speakWithin(GATHER_COUNTS);
}

function speakWithin(milliseconds) {
  if (Date.now() + milliseconds >= due) return;
  due = Date.now() + milliseconds;
  clearTimeout(timer);
  timer = setTimeout(speak, milliseconds);
}

function speak() {
  const all = [...lines, ...[...counts].map(([words, n]) => words(n))];
  document.getElementById("announcer").textContent = all.join(" ");
  lines.length = 0;
  counts.clear();
  due = Infinity;
}
