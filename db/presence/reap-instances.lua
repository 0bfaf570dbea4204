-- Unlist the people of instances whose lease ran out: absent from now on, unless a live instance lists
-- them. Remove such instances once they are empty, and what is older than the retention from every set.
-- KEYS[1] where, [2] instances, [3…] absence sets
-- ARGV[1] most people in one call, [2] key prefix of an instance's people, [3] retention (ms)
-- Returns how many people were unlisted; at the bound the caller calls again.
-- An older absence is overwritten: it came from another instance, and this one listed the person until now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whereKey, instancesKey = KEYS[1], KEYS[2]
-- @include directory.lua
for set = 3, #KEYS do redis.call('ZREMRANGEBYSCORE', KEYS[set], '-inf', now - ARGV[3]) end
local unlisted, most = 0, tonumber(ARGV[1])
for _, instance in ipairs(redis.call('ZRANGEBYSCORE', instancesKey, '-inf', now)) do
  local people = redis.call('SPOP', ARGV[2] .. instance, most - unlisted)
  for _, user in ipairs(people) do
    local instances, stored = instancesOf(user, instance)
    store(user, instances, stored)
    if #instances == 0 then
      for set = 3, #KEYS do redis.call('ZADD', KEYS[set], now, user) end
    end
  end
  unlisted = unlisted + #people
  if unlisted >= most then return unlisted end
  redis.call('ZREM', instancesKey, instance)
end
return unlisted
