-- List people as connected to an instance, or as gone from it.
-- KEYS[1] people of the instance, [2] absent
-- ARGV[1] 'here' or 'gone', [2…] user ids
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 2, #ARGV do
  if ARGV[1] == 'here' then
    redis.call('SADD', KEYS[1], ARGV[i])
    redis.call('ZREM', KEYS[2], ARGV[i])
  else
    redis.call('SREM', KEYS[1], ARGV[i])
    redis.call('ZADD', KEYS[2], now, ARGV[i])
  end
end
return #ARGV - 1
