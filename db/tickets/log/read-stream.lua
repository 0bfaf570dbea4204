-- Where the stream of a log ends, and where each of its consumer groups goes on.
-- KEYS[1] stream
-- Returns { last seq, name of a group, seq, name, seq, … }. The seq of a group is the one before its oldest
-- pending entry, or the last one that was delivered.
-- @include last-seq.lua
local last = lastSeq()
if redis.call('EXISTS', KEYS[1]) == 0 then return { 0 } end
local found = { last }
for _, group in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local name = field(group, 'name')
  local seq = seqOf(field(group, 'last-delivered-id'))
  if field(group, 'pending') > 0 then
    local oldest = seqOf(redis.call('XPENDING', KEYS[1], name)[2])
    seq = math.max(0, math.min(seq, oldest - 1))
  end
  found[#found + 1] = name
  found[#found + 1] = seq
end
return found
