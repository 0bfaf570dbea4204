-- Renew the lease of an instance.
-- KEYS[1] instances, [2] people of the instance · ARGV[1] instance id, [2] lease (ms)
-- Returns { 1 when the lease was running, else 0; how many people the instance lists }.
-- A lease that ran out counts as not running even while its entry exists: the reaper may have removed
-- some of the people.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('ZSCORE', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
return { (before and tonumber(before) > now) and 1 or 0, redis.call('SCARD', KEYS[2]) }
