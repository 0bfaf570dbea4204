-- Note people as absent from now on, unless a live instance lists them. For those who poll over
-- HTTP ('touch': each poll begins their grace anew) and after a new epoch ('observe': only if unknown).
-- KEYS[1] instances, [2] absent · ARGV[1] 'touch' or 'observe', [2] key prefix, [3…] user ids
-- Returns how many are absent.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local live = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
local absent = 0
for i = 3, #ARGV do
  local here = false
  for _, instance in ipairs(live) do
    if redis.call('SISMEMBER', ARGV[2] .. instance, ARGV[i]) == 1 then here = true break end
  end
  if not here then
    absent = absent + 1
    if ARGV[1] == 'touch' then
      redis.call('ZADD', KEYS[2], now, ARGV[i])
    else
      redis.call('ZADD', KEYS[2], 'NX', now, ARGV[i])
    end
  end
end
return absent
