-- Append signals of one sender to the log of their session, and give each its seq.
-- KEYS[1] log (list), KEYS[2] count (hash: seq, bytes of the log)
-- ARGV[1] the last seq, where the count is gone, [2] signals kept, [3] bytes kept, [4] TTL (s),
-- [5…] signals as JSON objects without their opening brace
-- Returns the seq of the first; the others follow without a gap. The newest is kept however long.
local count = redis.call('HMGET', KEYS[2], 'seq', 'bytes')
local seq = tonumber(count[1] or ARGV[1])
local bytes = tonumber(count[2] or 0)
local first = seq + 1
for at = 5, #ARGV do
  seq = seq + 1
  local entry = string.format('{"seq":%d,', seq) .. ARGV[at]
  bytes = bytes + #entry
  redis.call('RPUSH', KEYS[1], entry)
end
local kept = redis.call('LLEN', KEYS[1])
while kept > tonumber(ARGV[2]) or (bytes > tonumber(ARGV[3]) and kept > 1) do
  bytes = bytes - #redis.call('LPOP', KEYS[1])
  kept = kept - 1
end
redis.call('HSET', KEYS[2], 'seq', seq, 'bytes', bytes)
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
return first
