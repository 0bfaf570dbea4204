-- Renew the epoch of this Redis, or begin a new one when it is gone (FLUSHALL, a long outage).
-- KEYS[1] the epoch · ARGV[1] a random id in case one is begun, [2] life (ms)
-- Returns { id, birth (ms), now (ms) }
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local value = redis.call('GET', KEYS[1])
if not value then value = ARGV[1] .. ':' .. string.format('%d', now) end
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
local id, birth = string.match(value, '^(.*):(%d+)$')
return { id, birth, string.format('%d', now) }
