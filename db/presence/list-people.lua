-- List people as connected to an instance, and clear their absence in every set.
-- KEYS[1] people of the instance, [2] where, [3] instances, [4…] absence sets
-- ARGV[1] instance id, [2…] user ids
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whereKey, instancesKey = KEYS[2], KEYS[3]
-- @include directory.lua
local me = ARGV[1]
-- An instance without a lease counts as expired. If it never gets one, the reaper finds its people.
redis.call('ZADD', instancesKey, 'NX', now, me)
for i = 2, #ARGV do
  local user = ARGV[i]
  redis.call('SADD', KEYS[1], user)
  -- Instances whose lease ran out leave the entry here: they list everyone again if they come back.
  local instances, stored = instancesOf(user, me)
  instances[#instances + 1] = me
  store(user, instances, stored)
  for set = 4, #KEYS do redis.call('ZREM', KEYS[set], user) end
end
return #ARGV - 1
