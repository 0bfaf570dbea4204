-- Renew the lease of an instance.
-- KEYS[1] instances · ARGV[1] instance id, [2] lease (ms)
-- Returns 1 when no lease was running: the instance is new, or was given up, and must list its people.
-- Also when it had run out and still stands there: the reaper may have taken a part of the people.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return (before and tonumber(before) > now) and 0 or 1
