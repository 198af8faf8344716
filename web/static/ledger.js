// The public ledger: what became of all comments, as counts only. What nobody else can count is told in steps of five.

import { part, say, show } from "./parts.js";
import { reasonInBrief } from "./reasons.js";
import { _, n_ } from "./texts.js";

export function drawLedger(ledger) {
  if (!ledger) return; // Until the line is open, the page has it as it was delivered.
  const section = document.getElementById("ledger");
  const rows = { ...outcomesInWords(ledger), declined: declinedInWords(ledger) };
  for (const [name, words] of Object.entries(rows)) say(part(section, name), words);
  for (const name of ["referred", "merged", "sealed"]) show(part(section, name).parentElement, Boolean(ledger.outcomes[name]));
}

function outcomesInWords({ received, outcomes, median_wait: wait }) {
  const shown = (outcomes.approved ?? 0) + (outcomes.discussing ?? 0) + (outcomes.answered ?? 0);
  return {
    received: atLeast(received),
    shown: String(shown),
    answered: String(outcomes.answered ?? 0),
    referred: atLeast(outcomes.referred ?? 0),
    merged: atLeast(outcomes.merged ?? 0),
    sealed: atLeast(outcomes.sealed ?? 0),
    pending: atLeast(outcomes.pending ?? 0),
    wait: waitInWords(wait),
  };
}

function declinedInWords({ outcomes, declined }) {
  const reasons = Object.entries(declined).map(([reason, number]) => `${reasonInBrief(reason)}: ${atLeast(number)}`);
  return [atLeast(outcomes.declined ?? 0), ...reasons].join(" · ");
}

function atLeast(number) {
  return number ? _("minst %(num)s", { num: number }) : _("färre än 5");
}

function waitInWords(minutes) {
  if (minutes === null) return _("för få för att säga");
  if (minutes === 0) return _("mindre än en minut");
  return n_("%(num)s minut", "%(num)s minuter", minutes);
}
