-- Append entries to a log and give each its seq. The oldest are removed beyond a count or a size.
-- KEYS[1] entries (list), KEYS[2] head (hash: seq of the last entry, bytes of all)
-- ARGV[1] entries kept, [2] bytes kept, [3] TTL (s), [4…] entries
-- Returns the seq of the first; the others follow without a gap. The newest is always kept.
-- @include head.lua
local seq, bytes = readHead(ARGV[3])
local first = seq + 1
for at = 4, #ARGV do
  redis.call('RPUSH', KEYS[1], ARGV[at])
  seq = seq + 1
  bytes = bytes + #ARGV[at]
end
local kept = redis.call('LLEN', KEYS[1])
while kept > tonumber(ARGV[1]) or (bytes > tonumber(ARGV[2]) and kept > 1) do
  bytes = bytes - #redis.call('LPOP', KEYS[1])
  kept = kept - 1
end
redis.call('HSET', KEYS[2], 'seq', string.format('%d', seq), 'bytes', bytes)
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return first
