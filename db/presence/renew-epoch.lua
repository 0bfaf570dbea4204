-- Renew the epoch of this Redis, or begin a new one: the old one is gone (FLUSHALL, a long outage), or
-- was of another run of Redis (a restart, a failover).
-- KEYS[1] the epoch · ARGV[1] a random id in case one is begun, [2] life (ms)
-- Returns { id, birth (ms), now (ms) }
-- @include epoch.lua
local time = redis.call('TIME')
local now = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local value = readEpoch(KEYS[1])
if not value then
  local run = serverRun()
  value = ARGV[1] .. (run and '@' .. run or '') .. ':' .. now
end
redis.call('SET', KEYS[1], value, 'PX', ARGV[2])
local id, birth = string.match(value, '^(.*):(%d+)$')
return { id, birth, now }
