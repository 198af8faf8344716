// What became of an own comment, said to the one who wrote it: in a word, and what to do about it.

import { timeOfMinute } from "./clock.js";
import { inShort } from "./parts.js";
import { adviceFor, reasonInBrief } from "./reasons.js";
import { _ } from "./texts.js";

export function outcomeInWords({ outcome, answered, reason, channel, carrier }, meeting) {
  if (outcome === "approved") return _("Visas i kön");
  if (outcome === "discussing") return _("Diskuteras nu");
  if (outcome === "answered") return _("Besvarades i mötet kl. %(time)s", { time: timeOfMinute(answered, meeting?.announced ?? 0) });
  if (outcome === "declined") return _("Visas inte: %(reason)s", { reason: reasonInBrief(reason) });
  if (outcome === "referred") return _("Hör hemma hos: %(channel)s", { channel: channelOf(channel, meeting)?.name ?? "" });
  if (outcome === "merged") return _("Hoplagd med en liknande kommentar: %(outcome)s", { outcome: lowerFirst(carrierInWords(carrier, meeting)) });
  if (outcome === "sealed") return _("Borttagen: bedömd som hot");
  if (outcome === "withdrawn") return _("Tillbakatagen");
  return _("Väntar på granskning");
}

export function explanationOf({ outcome, text, reason, channel, carrier, until }, meeting) {
  if (outcome === "declined") return `${adviceFor(reason, meeting)} ${meeting?.contact ?? ""}`.trim();
  if (outcome === "referred") return channelOf(channel, meeting)?.about ?? "";
  if (outcome === "merged") return carrier?.text ? _("Den som visas för er båda: ”%(text)s”", { text: inShort(carrier.text) }) : "";
  if (outcome === "sealed") return text === "" ? _("Den visas inte för någon. Texten är raderad.") : sealedInWords(until, meeting);
  return "";
}

export function channelOf(id, meeting) {
  return meeting?.channels.find((channel) => channel.id === id) ?? null;
}

function carrierInWords(carrier, meeting) {
  return carrier ? outcomeInWords(carrier, meeting) : "";
}

function sealedInWords(until, meeting) {
  const keeper = meeting?.seal.keeper;
  const day = new Date(((meeting?.announced ?? 0) + until * 60) * 1000).toLocaleDateString(document.documentElement.lang || "sv", { timeZone: "Europe/Stockholm" });
  if (!keeper) return _("Den visas inte för någon. Texten sparas låst till %(day)s.", { day });
  return _("Den visas inte för någon. Texten sparas låst till %(day)s, och bara %(keeper)s får öppna den.", { day, keeper: lowerFirst(keeper) });
}

function lowerFirst(text) {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
