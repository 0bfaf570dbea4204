-- End claims: each of the two requests is dropped (it left the queue) or goes back to its place.
-- KEYS[1] tag of the pool
-- ARGV in groups of five: claim id, then for each of the two: request id and what becomes of it:
--   'back' to its place · 'drop' · 'matched', which also notes how long it had waited
-- Returns the request ids that should have gone back but are not in the index any more.
-- Only entries held by this very claim are touched: one that was put back and claimed anew is another's.
local tag, lost = KEYS[1], {}
local KEPT = 500
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- For estimates: the last waits of each pair of languages, 'matched at (s):waited (ms)', newest first.
local function noteWait(joined, buckets)
  local wait = string.format('%d:%d', math.floor(now / 1000000), math.max(0, math.floor((now - joined) / 1000)))
  for bucket in string.gmatch(buckets .. ' *', '%S+') do
    local key = tag .. ':waits:' .. bucket
    -- Cut now and then: a list is never much longer than what is kept.
    if redis.call('LPUSH', key, wait) > KEPT + 100 then redis.call('LTRIM', key, 0, KEPT - 1) end
    redis.call('EXPIRE', key, 3600)
  end
end

-- @include fingerprint.lua

local function giveBack(id, joined, buckets)
  redis.call('HDEL', tag .. ':r:' .. id, 'claim')
  local hasMirror = false
  for native, practice in string.gmatch(buckets, '(%a+)>(%a+)') do
    redis.call('ZADD', tag .. ':b:' .. native .. '>' .. practice, joined, id)
    redis.call('SADD', tag .. ':buckets', native .. '>' .. practice)
    if redis.call('EXISTS', tag .. ':b:' .. practice .. '>' .. native) == 1 then
      local low, high = native, practice
      if high < low then low, high = high, low end
      redis.call('SADD', tag .. ':mirrors', low .. '>' .. high)
      hasMirror = true
    end
  end
  if hasMirror then redis.call('RPUSH', tag .. ':fresh', id) end
end

local function settle(claim, id, verdict)
  local entry = tag .. ':r:' .. id
  local fields = redis.call('HMGET', entry, 'claim', 'joined', 'buckets', 'version')
  if fields[1] == claim then
    if verdict == 'back' then
      giveBack(id, fields[2], fields[3])
    else
      if verdict == 'matched' then noteWait(fields[2], fields[3]) end
      redis.call('DEL', entry, tag .. ':a:' .. id, tag .. ':p:' .. id)
      noteGone(id, fields[2], fields[4])
      redis.call('ZREM', tag .. ':relax', id)
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
