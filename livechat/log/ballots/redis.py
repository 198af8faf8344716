"""Ballots in Redis or Valkey: one sorted set for an epoch, of comment id and mark, all with the score 0.

Equal scores are kept in the order of the members' bytes. A plain set keeps its first members in the order in which
they came (as long as it is a listpack), and the order of the votes is to be nowhere. A comment's set is the range of
members that begin with its id, and its size the length of that range.

The secret is a key of its own. Both are in the append-only file until it is rewritten.
"""

from collections.abc import Iterable

from livechat.log import BallotsClosed, Cast, Conflict
from livechat.log.scripts import CONFLICT, GONE, LAST, NO_SECRET
from livechat.redis import Client

# KEYS: pointer, secret.  ARGV: the epoch that must be current, a fresh secret. Gives "" for one that is destroyed.
GET_OR_KEEP = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('SETNX', KEYS[2], ARGV[2])
return redis.call('GET', KEYS[2])
"""

# KEYS: pointer, stream, secret, ballots, news.  ARGV: the epoch that must be current, the offset that must be the
# last one, its mark ("" if not known), the new entry's mark, then triples of "+" or "-", comment and mark.
CAST = f"""{LAST}
local current = redis.call('GET', KEYS[1])
if not current then return {GONE} end
local offset, mark = last(KEYS[2])
local at = tonumber(ARGV[2])
-- Asked twice for the same cast, since the first answer was lost on its way: it stands already.
if current == ARGV[1] and offset == at + 1 and mark == ARGV[4] then return offset end
if current ~= ARGV[1] or offset ~= at then return {CONFLICT} end
if ARGV[3] ~= '' and mark ~= ARGV[3] then return {CONFLICT} end
if (redis.call('GET', KEYS[3]) or '') == '' then return {NO_SECRET} end
local changed, tallies = {{}}, {{}}
for i = 5, #ARGV, 3 do
  local comment, member = ARGV[i + 1], ARGV[i + 1] .. ARGV[i + 2]
  local moved
  if ARGV[i] == '+' then moved = redis.call('ZADD', KEYS[4], 0, member)
  else moved = redis.call('ZREM', KEYS[4], member) end
  if moved == 1 and changed[#changed] ~= comment then table.insert(changed, comment) end
end
if #changed == 0 then return offset end
for _, comment in ipairs(changed) do
  local beyond = string.rep('\\255', 17)  -- a mark has 16 bytes
  table.insert(tallies, {{comment, redis.call('ZLEXCOUNT', KEYS[4], '[' .. comment, '[' .. comment .. beyond)}})
end
local body = cjson.encode({{{{type = 'tallies_counted', tallies = tallies}}}})
redis.call('XADD', KEYS[2], (offset + 1) .. '-0', 'body', body, 'mark', ARGV[4])
redis.call('SPUBLISH', KEYS[5], offset + 1)
return offset + 1
"""


def secret(kept: bytes | None) -> bytes:
    """The secret in the answer to `GET_OR_KEEP`. Raises `Conflict` or `BallotsClosed`."""
    if kept is None:
        raise Conflict
    if not kept:
        raise BallotsClosed
    return kept


def arguments(casts: Iterable[Cast]) -> list[str | bytes]:
    """The casts as `CAST` takes them; sorted: what is stored of them says nothing about the order of votes."""
    return [part for each in sorted(casts) for part in ("+" if each.supports else "-", each.comment, each.mark)]


async def forget(redis: Client, secret: str, marks: str) -> None:
    """Deletes secret and marks; the append-only file still holds them until it is rewritten."""
    async with redis.pipeline(transaction=True) as step:
        step.set(secret, b"")
        step.unlink(marks)
        await step.execute()
