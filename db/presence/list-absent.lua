-- People absent for a whole grace, counted from the later of the observation and the epoch's birth.
-- KEYS[1] absent, [2] instances, [3] epoch
-- ARGV[1] grace (ms), [2] key prefix, [3] limit, [4] how many to skip
-- Returns user id, score, user id, score …, oldest first. Those whom a live instance lists are taken
-- off the list instead. Without an epoch nobody is absent: this Redis has just lost its memory.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local epoch = redis.call('GET', KEYS[3])
local birth = epoch and tonumber(string.match(epoch, ':(%d+)$'))
if not birth or birth > now - ARGV[1] then return {} end
local live = redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. now, '+inf')
local found = {}
local rows = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1], 'WITHSCORES', 'LIMIT', ARGV[4], ARGV[3])
for i = 1, #rows, 2 do
  local here = false
  for _, instance in ipairs(live) do
    if redis.call('SISMEMBER', ARGV[2] .. instance, rows[i]) == 1 then here = true break end
  end
  if here then
    redis.call('ZREM', KEYS[1], rows[i])
  else
    found[#found + 1] = rows[i]
    found[#found + 1] = rows[i + 1]
  end
end
return found
