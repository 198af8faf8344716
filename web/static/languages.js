// The languages that a translation can be in, by the name they have in the page's language.

const names = new Intl.DisplayNames([document.documentElement.lang || "sv"], { type: "language" });

// Swedish and English, the national minority languages, and those that are spoken most beside them in Swedish cities.
const CODES = ["sv", "fi", "en", "fit", "se", "sma", "smj", "rom", "yi", "ar", "bs", "fa", "ckb", "pl", "so", "es", "ti", "tr", "uk"];

export function languageName(code) {
  return names.of(code) ?? code;
}

// The meeting's own language first: that is the one a translation is made into most often.
export function languagesFrom(own) {
  return [own, ...CODES.filter((code) => code !== own)].map((code) => ({ code, name: languageName(code) }));
}
