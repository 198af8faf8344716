"""Beginning anew in Redis or Valkey: one script that unlinks an epoch's keys."""

from livechat.log.scripts import CONFLICT, GONE, LAST

# KEYS: pointer, news, the note for scrubbing, the new stream, the stream, all else that the epoch has.
# ARGV: the epoch that must be current, the new one, the offset that must be the last one, its mark ("" if not known),
# the new entry's mark, its body.
BEGIN_ANEW = f"""{LAST}
local current = redis.call('GET', KEYS[1])
if not current then return {GONE} end
if current == ARGV[2] then
  local offset, mark = last(KEYS[4])
  if mark == ARGV[5] then return offset end
end
if current ~= ARGV[1] then return {CONFLICT} end
local offset, mark = last(KEYS[5])
if offset ~= tonumber(ARGV[3]) then return {CONFLICT} end
if ARGV[4] ~= '' and mark ~= ARGV[4] then return {CONFLICT} end
for i = 5, #KEYS do redis.call('UNLINK', KEYS[i]) end
redis.call('XADD', KEYS[4], '1-0', 'body', ARGV[6], 'mark', ARGV[5])
redis.call('SET', KEYS[3], ARGV[5])
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SPUBLISH', KEYS[2], 1)
return 1
"""
