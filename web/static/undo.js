// The way back from the own decisions, the last one first, for as long as the page is open.

import { coveredText } from "./flags.js";
import { outcomeInWords } from "./outcomes.js";
import { inShort } from "./parts.js";
import { isOwn, seatInWords } from "./staff_session.js";
import { comment as find } from "./store.js";
import { _, n_ } from "./texts.js";

export class Undo {
  #done = []; // [{type, before, more}, …]: the decisions that were taken with one key, latest last

  constructor(meeting, decisions) {
    Object.assign(this, { meeting, decisions });
  }

  get isEmpty() {
    return this.#done.length === 0;
  }

  forget() {
    this.#done = [];
  }

  remember(taken) {
    if (taken.length) this.#done.push(taken);
  }

  // Takes the last one back. Gives, in words, what came of it, the first comment that it is about, and the offset from
  // which that stands where it stood.
  async last() {
    const taken = this.#done.pop();
    if (!taken) return { words: _("Det finns inget att ångra.") };
    const given = await Promise.all(taken.map((one) => this.#takeBack(one)));
    const why = given.find(({ why }) => why)?.why;
    const words = why ? _("Det gick inte att ångra. %(why)s", { why }) : undoneInWords(taken);
    return { words, id: taken[0].before.id, offset: given[0].offset ?? 0 };
  }

  // The offset that includes it, or why it did not work.
  async #takeBack({ type, before, more }) {
    const now = find(this.meeting.state, before.id);
    if (now?.last && !isOwn(now.last)) return { why: changedInWords(now) };
    let [{ revision }, answer] = [now ?? {}, {}];
    for (const [step, fields] of wayBack(type, before, more)) {
      answer = await this.decisions.give(step, { ...before, revision }, fields);
      if (answer.type !== "ack") return { why: answer.message ?? _("Ingen kontakt.") };
      revision = undefined; // The own step before this one has changed it.
    }
    return answer;
  }
}

// The commands that lead from a decision back to where the comment was before.
export function wayBack(type, before, more) {
  if (type === "edit_comment") return [[type, { text: before.text }]];
  if (type === "translate_comment") return [[type, before.translation ? translationOf(before) : { ...more, text: "" }]];
  const again = AGAIN[before.outcome](before);
  return type === "take_back_comment" ? again : [["take_back_comment", {}], ...again];
}

const approve = () => [["approve_comment", {}]];

const AGAIN = {
  pending: () => [],
  approved: approve,
  discussing: approve,
  answered: approve,
  declined: ({ reason }) => [["decline_comment", { reason }]],
  referred: ({ channel }) => [["refer_comment", { channel }]],
  merged: ({ into }) => [["merge_comment", { into }]],
};

function translationOf({ translation: { language, text } }) {
  return { language, text };
}

function changedInWords({ last, outcome }) {
  return _("%(who)s har ändrat kommentaren sedan dess: %(outcome)s.", { who: seatInWords(last), outcome: outcomeInWords(outcome) });
}

function undoneInWords(taken) {
  const [{ type, before }] = taken;
  if (taken.length > 1) return n_("Ångrat: %(what)s, %(num)s kommentar.", "Ångrat: %(what)s, %(num)s kommentarer.", taken.length, { what: decisionInWords(type) });
  return _("Ångrat: %(what)s. ”%(text)s”", { what: decisionInWords(type), text: inShort(coveredText(before)) });
}

function decisionInWords(type) {
  return {
    approve_comment: _("godkännandet"),
    decline_comment: _("avslaget"),
    refer_comment: _("hänvisningen"),
    merge_comment: _("hopläggningen"),
    seal_comment: _("förseglingen"),
    edit_comment: _("redigeringen"),
    translate_comment: _("översättningen"),
    take_back_comment: _("återtagandet"),
  }[type];
}
