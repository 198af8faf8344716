// Data about somebody that the own browser finds before a comment is sent: the plain cases only, in plain patterns.
// The server's screening (moderation/screening) knows more; a test holds that it finds all that is found here.

const DIGITS = /\D/g;

// Before a number that is none of somebody's, and after one that counts something.
const ANOTHER = /(?:dnr|diarie\S*|ärende\S*|ocr\S*|faktur\S*|is[bs]n|org\S*|referens\S*|artikel\S*|order\S*|imei|kolli\S*|spårning\S*|version|§)\W{0,3}(?:nr|nummer)?\W*$/i;
const COUNTED = /^\s?(?:kr|kronor|:-|€|euro|sek|tkr|mkr|milj\S*|invånare|elever|personer|procent|%|kvm|m2|km|meter|st|barn|platser)(?![\p{L}\d])/iu;
const A_NUMBER_BEFORE = /(?:konto|clearing|bankgiro|bg|plusgiro|pg|kort|iban|sfs|sou|fastighet|dossier|pass|koordinat)\S*\W{0,3}(?:nr|nummer)?\W*$/i;
const A_VEHICLE = /(?<!\p{L})(?:reg\p{L}*|skylt\p{L}*|nummerplåt\p{L}*|\p{L}*bil|\p{L}*bilen|\p{L}*bilar|parker\p{L}*|felparker\p{L}*|moped\p{L}*|mc|lastbil\p{L}*|volvo\p{L}*|toyota\p{L}*|saab\p{L}*|tesla\p{L}*|car|rekisteri\p{L}*)(?!\p{L})/iu;

// Each kind: how it is written, and what must hold for what looks like it. `at` is where it stands in `text`.
const KINDS = [
  {
    code: "personnummer",
    pattern: /(?<![\d-]|\d[ .,])(?:18|19|20)?\d{6}[-+ ]?\d{4}(?![\d-]|[ .,]\d)/g,
    holds: (found) => isDated(found) && passesLuhn(found.replace(DIGITS, "").slice(-10)) && !/^0\d{9}$/.test(found),
  },
  {
    code: "phone",
    pattern: /(?<![\d-]|\d[ .,])(?:(?:\+46|0046)[ -]?(?:\(0\)[ ]?)?|0)7[02369](?:[ -]?\d){7}(?![\d-]|[ .,]\d)/g,
    holds: (found, text, at) => !A_NUMBER_BEFORE.test(text.slice(0, at)),
  },
  {
    code: "email",
    pattern: /(?<![\p{L}\d.+-])[\p{L}\d._+-]+@[\p{L}\d][\p{L}\d-]*(?:\.[\p{L}\d-]{2,})+/gu,
    holds: () => true,
  },
  {
    code: "payment",
    pattern: /(?<![\d-]|\d[ .,])(?:\d{4}([ -]?)\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -]?)\d{6}\2\d{5})(?![\d-]|[ .,]\d)/g,
    holds: (found) => /^(?:4|5[1-5]|2[2-7]|3[47]|6)/.test(found) && passesLuhn(found.replace(DIGITS, "")),
  },
  {
    code: "plate",
    pattern: /(?<![\p{L}\d-])[A-HJ-PR-UW-Z]{3} ?\d\d[0-9A-HJ-NPR-UW-Z](?![\p{L}\d-])/gu,
    holds: (found, text) => (/[A-Z]$/.test(found) || A_VEHICLE.test(text)) && text !== text.toUpperCase(),
  },
];

// What is found in a text, in its order: `code` and `words`, as they stand there. What the meeting says itself
// (`known`: its contact, its links), and an address at its own sites, is nobody's secret.
export function identityIn(text, known = "") {
  const plain = text.replace(/[\u2010-\u2015\u2212]/g, "-").replace(/\u00a0/g, " "); // as long as the text: places stay
  const found = KINDS.flatMap((kind) => matches(kind, plain));
  return found
    .sort((one, other) => one.at - other.at)
    .map(({ code, at, length }) => ({ code, words: text.slice(at, at + length) }))
    .filter(({ words }) => !known.includes(words) && !(words.includes("@") && known.includes(words.split("@").at(-1))));
}

function matches({ code, pattern, holds }, text) {
  return [...text.matchAll(pattern)]
    .filter(({ 0: found, index: at }) => holds(found, text, at) && isSomebodys(text, at, at + found.length))
    .map(({ 0: found, index: at }) => ({ code, at, length: found.length }));
}

function isSomebodys(text, start, end) {
  return !ANOTHER.test(text.slice(Math.max(0, start - 30), start)) && !COUNTED.test(text.slice(end));
}

// The day of a coordination number is 60 higher. Two digits of a year leave the century open.
function isDated(number) {
  const digits = number.replace(DIGITS, "");
  const [year, month, day] = [digits.slice(0, -8), digits.slice(-8, -6), digits.slice(-6, -4)].map(Number);
  const years = digits.length === 12 ? [year] : [1800 + year, 1900 + year, 2000 + year];
  return years.some((full) => isDate(full, month, day > 60 ? day - 60 : day));
}

function isDate(year, month, day) {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

function passesLuhn(digits) {
  const doubled = [...digits].reverse().map((digit, place) => (place % 2 ? 2 * digit : +digit));
  return doubled.reduce((sum, number) => sum + (number > 9 ? number - 9 : number), 0) % 10 === 0;
}
