// The meeting as the server last told it. Pure: (state, frame) → state, and questions to ask of a state.

export const nothing = { epoch: null, offset: 0, entities: new Map() };

export function apply(state, frame) {
  const entities = new Map(frame.since === 0 ? [] : state.entities);
  for (const entity of frame.put) entities.set(`${entity.kind}:${entity.id}`, entity);
  for (const key of frame.drop) entities.delete(key);
  return { epoch: frame.epoch, offset: frame.offset, entities };
}

export function meeting(state) {
  return ofKind(state, "meeting")[0] ?? null;
}

// The screen in the room as it is set.
export function display(state) {
  return ofKind(state, "display")[0] ?? null;
}

// What staff tell everybody, or null.
export function notice(state) {
  return ofKind(state, "notice")[0] ?? null;
}

export function agenda(state) {
  return [...ofKind(state, "item")].sort((a, b) => a.number - b.number);
}

export function item(state, id) {
  return state.entities.get(`item:${id}`) ?? null;
}

export function comment(state, id) {
  return state.entities.get(`comment:${id}`) ?? null;
}

// How many ballots a comment has, and those that it carries; null if there are none.
export function tally(state, id) {
  return state.entities.get(`tally:${id}`) ?? null;
}

// Where a comment stands in the queue: at its place, until the chair moves it.
function rank(state, { id, place }) {
  return state.entities.get(`rank:${id}`)?.rank ?? place;
}

// Whether a comment takes ballots. Once it is answered, its tally stands.
export function takesBallots({ outcome }) {
  return outcome === "approved" || outcome === "discussing";
}

export function currentItem(state) {
  return item(state, meeting(state)?.item);
}

export function discussing(state) {
  return ofKind(state, "comment").find((comment) => comment.outcome === "discussing") ?? null;
}

// The agenda items that have comments, in agenda order; the comments of each in the order of the queue.
export function commentsByItem(state) {
  const groups = grouped(shown(state));
  return agenda(state)
    .filter((item) => groups.has(item.id))
    .map((item) => ({ item, comments: groups.get(item.id).sort(byRank(state)) }));
}

// What waits to be discussed, in the one order that everybody sees: the current agenda item first, then the others in
// agenda order, each in the order that the chair gave it.
export function queue(state) {
  const current = meeting(state)?.item;
  const order = new Map(agenda(state).map((item) => [item.id, item.id === current ? 0 : item.number]));
  const ranked = byRank(state);
  return withOutcome(state, ["approved"]).sort((a, b) => order.get(a.item) - order.get(b.item) || ranked(a, b));
}

// The same under the agenda items, in the same order.
export function queueByItem(state) {
  return [...grouped(queue(state))].map(([id, comments]) => ({ item: item(state, id), comments }));
}

export function answered(state) {
  return withOutcome(state, ["answered"]).sort((a, b) => b.answered - a.answered || byPlace(b, a));
}

export function pending(state) {
  return withOutcome(state, ["pending"]).sort(byNumber);
}

export function shown(state) {
  return withOutcome(state, shownOutcomes);
}

// Those that a moderator let through or declined, the latest decision first.
export function decided(state, outcomes) {
  return withOutcome(state, outcomes).sort((a, b) => b.decided - a.decided || byNumber(b, a));
}

export const shownOutcomes = ["approved", "discussing", "answered"];
export const byNumber = (a, b) => a.number - b.number;
const byRank = (state) => (a, b) => rank(state, a) - rank(state, b) || byPlace(a, b);
const byPlace = (a, b) => a.place - b.place;

function withOutcome(state, outcomes) {
  return ofKind(state, "comment").filter((comment) => outcomes.includes(comment.outcome));
}

// Sorted out once for each state: a page that draws a thousand comments asks for the meeting with every one.
const sortedOut = new WeakMap();

function ofKind(state, kind) {
  if (!sortedOut.has(state)) sortedOut.set(state, byKind(state.entities.values()));
  return sortedOut.get(state).get(kind) ?? [];
}

function byKind(entities) {
  const kinds = new Map();
  for (const entity of entities) {
    if (!kinds.has(entity.kind)) kinds.set(entity.kind, []);
    kinds.get(entity.kind).push(entity);
  }
  return kinds;
}

function grouped(comments) {
  const groups = new Map();
  for (const comment of comments) {
    if (!groups.has(comment.item)) groups.set(comment.item, []);
    groups.get(comment.item).push(comment);
  }
  return groups;
}
