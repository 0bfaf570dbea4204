-- Renew the lease of an instance.
-- KEYS[1] instances · ARGV[1] instance id, [2] lease (ms)
-- Returns 1 when it was not there: the instance is new, or was given up, and must list its people.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
