// Where a comment is in its life, and what a moderator can do from there; as staff say it.

import { shownOutcomes } from "./store.js";
import { _ } from "./texts.js";

const everywhere = ["pending", ...shownOutcomes, "declined", "referred", "merged"];

// From which outcomes each decision can be taken.
const FROM = {
  approve_comment: ["pending"],
  decline_comment: ["pending"],
  refer_comment: ["pending"],
  edit_comment: ["pending"],
  merge_comment: ["pending", "approved"],
  translate_comment: ["pending", ...shownOutcomes],
  take_back_comment: everywhere.filter((outcome) => outcome !== "pending"),
  seal_comment: everywhere,
};

export const notShownOutcomes = ["declined", "referred", "merged"];

export function can(type, { outcome }) {
  return FROM[type].includes(outcome);
}

export function outcomeInWords(outcome) {
  return {
    pending: _("väntar på granskning"),
    approved: _("godkänd"),
    discussing: _("diskuteras nu"),
    answered: _("besvarad"),
    declined: _("avslagen"),
    referred: _("hänvisad"),
    merged: _("hoplagd med en annan"),
    sealed: _("förseglad som hot"),
    withdrawn: _("tillbakatagen"),
  }[outcome] ?? outcome;
}
