// Why a comment is not shown, for the one who wrote it: in a word, and what to do about it.
// The meeting can say it in its own words, in each language.

import { _ } from "./texts.js";

export function reasonInBrief(reason) {
  return {
    individual_case: _("enskilt ärende"),
    personal_data: _("personuppgifter"),
    hate_or_threat: _("hat eller hot"),
    outside_remit: _("utanför nämndens uppdrag"),
    duplicate: _("finns redan"),
    unreadable: _("går inte att förstå"),
    advertising: _("reklam"),
  }[reason] ?? _("följer inte reglerna för mötet");
}

const lang = document.documentElement.lang || "sv";

export function adviceFor(reason, meeting) {
  return meeting?.reasons.find((said) => said.reason === reason && said.language === lang)?.text ?? ours(reason);
}

function ours(reason) {
  return {
    individual_case: _("Enskilda ärenden kan inte tas upp här. Vänd dig till din handläggare eller till kommunens kontaktcenter."),
    personal_data: _("Skriv den gärna igen utan namn och annat som pekar ut någon."),
    hate_or_threat: _("Du får gärna skriva igen vad du tycker i sak."),
    outside_remit: _("Nämnden bestämmer inte över det här. Kommunens kontaktcenter vet vem som gör det."),
    duplicate: _("Samma sak står redan i en annan kommentar."),
    unreadable: _("Moderatorn förstod inte vad du menade. Skriv den gärna igen med andra ord."),
    advertising: _("Reklam visas inte i mötet."),
  }[reason] ?? "";
}
