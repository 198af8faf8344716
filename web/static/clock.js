// What time it is, for people in Sweden. The server's clock counts; the browser's may be wrong.

const zone = { timeZone: "Europe/Stockholm" };
const lang = document.documentElement.lang || "sv";
const hourAndMinute = format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayAndTime = format({ weekday: "long", day: "numeric", month: "long" });
let ahead = 0;

export function setServerTime(seconds) {
  ahead = seconds * 1000 - Date.now();
}

// "18.42" for a moment of this browser's clock.
export function timeOf(moment) {
  return written(new Date(moment + ahead));
}

// "18.42" for a whole minute since the meeting was announced.
export function timeOfMinute(minute, announced) {
  return written(new Date((announced + minute * 60) * 1000));
}

export function minutesSince(minute, announced) {
  return Math.max(0, Math.floor((Date.now() + ahead) / 60000 - announced / 60 - minute));
}

// Seconds until a whole minute since the meeting was announced; none are left once it has begun.
export function secondsUntil(minute, announced) {
  return Math.max(0, announced + minute * 60 - (Date.now() + ahead) / 1000);
}

// "tisdag 8 december" for a local time such as "2026-12-08T17:30:00".
export function dayOf(local) {
  return dayAndTime.format(new Date(`${local.slice(0, 10)}T12:00:00Z`));
}

function written(date) {
  const text = hourAndMinute.format(date);
  return lang === "en" ? text : text.replace(":", ".");
}

function format(options) {
  return new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...zone, ...options });
}
