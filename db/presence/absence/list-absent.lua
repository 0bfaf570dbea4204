-- People of one set who were absent for a whole grace, counted from the later of the absence and the
-- epoch's birth.
-- KEYS[1] absence set, [2] where, [3] instances, [4] epoch
-- ARGV[1] grace (ms), [2] lease (ms), [3] limit, [4] how many to skip
-- Returns user id, since, user id, since …, oldest first. Users that a live instance lists leave the set.
-- Nobody is absent without an epoch of this run, nor before a lease has passed since its birth: by then
-- every instance that lives has listed its people again.
-- @include ../epoch.lua
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whereKey, instancesKey = KEYS[2], KEYS[3]
-- @include ../directory.lua
local _, birth = readEpoch(KEYS[4])
if not birth or now < birth + math.max(ARGV[1], ARGV[2]) then return {} end
local found = {}
local rows = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[1], 'WITHSCORES', 'LIMIT', ARGV[4], ARGV[3])
for i = 1, #rows, 2 do
  if #instancesOf(rows[i]) > 0 then
    redis.call('ZREM', KEYS[1], rows[i])
  else
    found[#found + 1] = rows[i]
    found[#found + 1] = rows[i + 1]
  end
end
return found
