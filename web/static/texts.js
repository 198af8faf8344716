// The page's words. Swedish is the source: what has no translation is shown as it stands here.

const translations = read();

export function _(msgid, values) {
  return fill(translations[msgid] ?? msgid, values);
}

// The same for a number of things: the form that goes with `n`, which is also at hand as %(num)s.
export function n_(one, many, n, values) {
  const forms = translations[one] ?? [one, many];
  return fill(forms[n === 1 ? 0 : 1], { num: n, ...values });
}

function fill(text, values = {}) {
  return text.replace(/%\((\w+)\)s/g, (whole, name) => values[name] ?? whole);
}

function read() {
  return JSON.parse(document.getElementById("texts")?.textContent || "{}");
}
