-- Put a waiting request into the index, at the place that its join time gives it.
-- KEYS[1] tag of the pool
-- ARGV[1] request id, [2] user id, [3] version, [4] joined (µs), [5] buckets 'en>es en>fr',
-- ARGV[6…] user ids to avoid
-- Returns 1 when it was put in, 0 when this version (or a later one) already stands there or is held.
local tag, id = KEYS[1], ARGV[1]
local entry = tag .. ':r:' .. id
local known = redis.call('HGET', entry, 'version')
if known and tonumber(known) >= tonumber(ARGV[3]) then
  return 0
end
redis.call('DEL', entry, tag .. ':a:' .. id)
redis.call('HSET', entry, 'user', ARGV[2], 'version', ARGV[3], 'joined', ARGV[4], 'buckets', ARGV[5])
if #ARGV > 5 then
  redis.call('HSET', entry, 'avoid', '1')
  for first = 6, #ARGV, 1000 do
    redis.call('SADD', tag .. ':a:' .. id, unpack(ARGV, first, math.min(first + 999, #ARGV)))
  end
end
redis.call('ZADD', tag .. ':waiting', ARGV[4], id)
for native, practice in string.gmatch(ARGV[5], '(%a+)>(%a+)') do
  redis.call('ZADD', tag .. ':b:' .. native .. '>' .. practice, ARGV[4], id)
  if redis.call('EXISTS', tag .. ':b:' .. practice .. '>' .. native) == 1 then
    local low, high = native, practice
    if high < low then low, high = high, low end
    redis.call('SADD', tag .. ':mirrors', low .. '>' .. high)
  end
end
redis.call('RPUSH', tag .. ':fresh', id)
return 1
