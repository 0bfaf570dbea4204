-- Take people off the list of an instance. A user that no other live instance
-- lists is absent from now on.
-- KEYS[1] people of the instance, [2] where, [3] instances, [4…] absence sets
-- ARGV[1] instance id, [2…] user ids
-- Returns how many are absent now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whereKey, instancesKey = KEYS[2], KEYS[3]
-- @include directory.lua
local absent = 0
for i = 2, #ARGV do
  local user = ARGV[i]
  redis.call('SREM', KEYS[1], user)
  local instances, stored = instancesOf(user, ARGV[1])
  store(user, instances, stored)
  if #instances == 0 then
    absent = absent + 1
    for set = 4, #KEYS do redis.call('ZADD', KEYS[set], now, user) end
  end
end
return absent
