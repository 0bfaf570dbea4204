-- End claims: each of the two requests is dropped (it left the queue) or goes back to its place.
-- KEYS[1] tag of the pool
-- ARGV in groups of seven: claim id, then for each of the two: request id, the version that was
--   claimed, and what becomes of it: 'back' to its place · 'drop' · 'matched', which also notes how
--   long it had waited
-- Returns the request ids that should have gone back but are not in the index any more.
-- Only an entry that still belongs to this claim goes back: it may have been released and claimed
-- again. A request that left the queue is removed whatever claim it has, because no row waits in that
-- version any more. An entry of a later version was put back, and stays.
local tag, lost = KEYS[1], {}
local KEPT = 500
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local keys, gone, shares, ended, waits = {}, {}, 0, {}, {}

-- @include fingerprint.lua
-- @include buckets.lua

-- For estimates: the last waits of each pair of languages, 'matched at (s):waited (ms)', newest first.
local function noteWait(joined, buckets)
  local wait = string.format('%d:%d', math.floor(now / 1000000), math.max(0, math.floor((now - joined) / 1000)))
  for bucket in string.gmatch(buckets .. ' *', '%S+') do
    local list = waits[bucket] or {}
    waits[bucket] = list
    list[#list + 1] = wait
  end
end

local function takeOut(id, fields)
  local entry = tag .. ':r:' .. id
  if not fields.claim then removeFromBuckets(id, fields.buckets) end
  keys[#keys + 1] = entry
  if fields.avoid then keys[#keys + 1] = tag .. ':a:' .. id end
  if fields.recent then keys[#keys + 1] = tag .. ':p:' .. id end
  gone[#gone + 1] = id
  shares = shares + share(fields.joined, fields.version)
end

local function release(claim, id, version, verdict)
  local f = redis.call('HMGET', tag .. ':r:' .. id, 'claim', 'joined', 'buckets', 'version', 'avoid', 'recent')
  local fields = { claim = f[1], joined = f[2], buckets = f[3], version = f[4], avoid = f[5], recent = f[6] }
  if verdict == 'back' then
    if fields.claim == claim then
      redis.call('HDEL', tag .. ':r:' .. id, 'claim')
      addToBuckets(id, fields.joined, fields.buckets)
    elseif not fields.joined then
      lost[#lost + 1] = id
    end
  elseif fields.joined and tonumber(fields.version) <= tonumber(version) then
    if verdict == 'matched' and fields.claim == claim then noteWait(fields.joined, fields.buckets) end
    takeOut(id, fields)
  end
end

for i = 1, #ARGV, 7 do
  release(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3])
  release(ARGV[i], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6])
  ended[#ended + 1] = ARGV[i]
  keys[#keys + 1] = tag .. ':h:' .. ARGV[i]
end
redis.call('DEL', unpack(keys))
redis.call('ZREM', tag .. ':holds', unpack(ended))
if #gone > 0 then
  removeFromFingerprint(gone, shares)
  redis.call('ZREM', tag .. ':relax', unpack(gone))
  closeEmptyBuckets()
end
for bucket, list in pairs(waits) do
  local key = tag .. ':waits:' .. bucket
  -- Cut now and then: a list is never much longer than what is kept.
  if redis.call('LPUSH', key, unpack(list)) > KEPT + 100 then redis.call('LTRIM', key, 0, KEPT - 1) end
  redis.call('EXPIRE', key, 3600)
end
return lost
