"""What runs inside Redis: each script is one atomic step on the keys of one meeting."""

LAST = """
local function last(stream)
  local entry = redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  if not entry then return 0, '' end
  local mark = ''
  for i = 1, #entry[2], 2 do if entry[2][i] == 'mark' then mark = entry[2][i + 1] end end
  return tonumber(string.match(entry[1], '^%d+')), mark
end
"""

NO_SECRET, GONE, CONFLICT = -2, -1, 0
"""What a script gives instead of an offset: the epoch's ballots are closed, the meeting has no log, or its end is not
where the writer thought."""

# KEYS: pointer, stream, texts, news, the note for scrubbing.  ARGV: the epoch that must be current ("" for none), the
# epoch to write to, the offset that must be the last one, its mark ("" if not known), the new entry's mark, the body,
# how many text keys to erase, these, then pairs of text key and text.
APPEND = f"""{LAST}
local current = redis.call('GET', KEYS[1]) or ''
local offset, mark = last(KEYS[2])
local at = tonumber(ARGV[3])
-- Asked twice for the same entry, since the first answer was lost on its way: it stands already.
if current == ARGV[2] and offset == at + 1 and mark == ARGV[5] then return offset end
if current == '' and ARGV[1] ~= '' then return {GONE} end
if current ~= ARGV[1] or offset ~= at then return {CONFLICT} end
if ARGV[4] ~= '' and mark ~= ARGV[4] then return {CONFLICT} end
local erased = 7 + tonumber(ARGV[7])
for i = erased + 1, #ARGV, 2 do redis.call('HSET', KEYS[3], ARGV[i], ARGV[i + 1]) end
for i = 8, erased do redis.call('HDEL', KEYS[3], ARGV[i]) end
if erased > 7 then redis.call('SET', KEYS[5], ARGV[5]) end
redis.call('XADD', KEYS[2], (offset + 1) .. '-0', 'body', ARGV[6], 'mark', ARGV[5])
if current ~= ARGV[2] then redis.call('SET', KEYS[1], ARGV[2]) end
redis.call('SPUBLISH', KEYS[4], offset + 1)
return offset + 1
"""

# KEYS: pointer, news, the stream, the same for the new epoch, then pairs of all else that an epoch has.
# ARGV: the epoch, the new epoch, the new entry's mark, its body.
FORK = f"""{LAST}
local current = redis.call('GET', KEYS[1])
if not current then return {GONE} end
if current == ARGV[2] then
  local offset, mark = last(KEYS[4])
  if mark == ARGV[3] then return offset end
end
if current ~= ARGV[1] then return {CONFLICT} end
local offset = last(KEYS[3])
if offset == 0 then return {GONE} end
for i = 3, #KEYS, 2 do
  if redis.call('EXISTS', KEYS[i]) == 1 then redis.call('RENAME', KEYS[i], KEYS[i + 1]) end
end
redis.call('XADD', KEYS[4], (offset + 1) .. '-0', 'body', ARGV[4], 'mark', ARGV[3])
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SPUBLISH', KEYS[2], offset + 1)
return offset + 1
"""

# KEYS: pointer, stream, touched.  ARGV: the epoch, "1" if there must be a write for replicas to confirm.
END = f"""{LAST}
local current = redis.call('GET', KEYS[1])
if not current then return {{{GONE}, ''}} end
if current ~= ARGV[1] then return {{{CONFLICT}, ''}} end
if ARGV[2] == '1' then redis.call('SET', KEYS[3], '', 'PX', 1000) end
local offset, mark = last(KEYS[2])
if offset == 0 then return {{{GONE}, ''}} end
return {{offset, mark}}
"""

CHECK = "return redis.call('SET', KEYS[1], '', 'PX', 1000)"
