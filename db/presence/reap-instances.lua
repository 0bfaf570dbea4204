-- Note the people of instances whose lease ran out as absent from now on; give up empty ones.
-- KEYS[1] instances, [2] absent · ARGV[1] most people in one call, [2] key prefix of an instance's people
-- Returns how many people were noted; at the bound the caller calls again.
-- An older note of a person is overwritten: it was of another instance, and this one held them until now.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local noted, most = 0, tonumber(ARGV[1])
for _, instance in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  local people = redis.call('SPOP', ARGV[2] .. instance, most - noted)
  for _, user in ipairs(people) do
    redis.call('ZADD', KEYS[2], now, user)
  end
  noted = noted + #people
  if noted >= most then return noted end
  redis.call('ZREM', KEYS[1], instance)
end
return noted
