-- End claims: each of the two requests is dropped (it left the queue) or goes back to its place.
-- KEYS[1] tag of the pool
-- ARGV in groups of five: claim id, request id, 'drop' or 'back', request id, 'drop' or 'back'
-- Returns the request ids that should have gone back but are not in the index any more.
-- Only entries held by this very claim are touched: one that was put back and claimed anew is another's.
local tag, lost = KEYS[1], {}

local function giveBack(id, joined, buckets)
  redis.call('HDEL', tag .. ':r:' .. id, 'claim')
  for native, practice in string.gmatch(buckets, '(%a+)>(%a+)') do
    redis.call('ZADD', tag .. ':b:' .. native .. '>' .. practice, joined, id)
    if redis.call('EXISTS', tag .. ':b:' .. practice .. '>' .. native) == 1 then
      local low, high = native, practice
      if high < low then low, high = high, low end
      redis.call('SADD', tag .. ':mirrors', low .. '>' .. high)
    end
  end
  redis.call('RPUSH', tag .. ':fresh', id)
end

local function settle(claim, id, verdict)
  local entry = tag .. ':r:' .. id
  local fields = redis.call('HMGET', entry, 'claim', 'joined', 'buckets')
  if fields[1] == claim then
    if verdict == 'back' then
      giveBack(id, fields[2], fields[3])
    else
      redis.call('DEL', entry, tag .. ':a:' .. id)
      redis.call('ZREM', tag .. ':waiting', id)
    end
  elseif verdict == 'back' and not fields[2] then
    lost[#lost + 1] = id
  end
end

for i = 1, #ARGV, 5 do
  settle(ARGV[i], ARGV[i + 1], ARGV[i + 2])
  settle(ARGV[i], ARGV[i + 3], ARGV[i + 4])
  redis.call('ZREM', tag .. ':holds', ARGV[i])
  redis.call('DEL', tag .. ':h:' .. ARGV[i])
end
return lost
