-- Put a waiting request into the index, at the place that its join time gives it.
-- KEYS[1] tag of the pool
-- ARGV[1] request id, [2] user id, [3] version, [4] joined (µs), [5] buckets 'en>es en>fr',
-- [6] level or '', [7] topics, each between two \31, [8] relax step (µs), [9] how many user ids to
-- avoid, [10…] those, then the user ids of recent partners
-- The pool is in use again: a marker that was about to expire stays.
-- Returns 1 when it was put in, 0 when this version (or a later one) is already there or is claimed.
local tag, id, joined = KEYS[1], ARGV[1], ARGV[4]
local entry = tag .. ':r:' .. id
-- @include fingerprint.lua
-- @include buckets.lua
redis.call('PERSIST', tag .. ':marker')
local known = redis.call('HMGET', entry, 'version', 'joined')
if known[1] then
  if tonumber(known[1]) >= tonumber(ARGV[3]) then return 0 end
  removeFromFingerprint({ id }, share(known[2], known[1]))
end
addToFingerprint(id, joined, ARGV[3])

local function addAll(key, from, to)
  for first = from, to, 1000 do
    redis.call('SADD', key, unpack(ARGV, first, math.min(first + 999, to)))
  end
end

redis.call('DEL', entry, tag .. ':a:' .. id, tag .. ':p:' .. id)
redis.call('HSET', entry, 'user', ARGV[2], 'version', ARGV[3], 'joined', joined, 'buckets', ARGV[5])
local avoided = tonumber(ARGV[9])
local recents = #ARGV - 9 - avoided
if avoided > 0 then
  redis.call('HSET', entry, 'avoid', '1')
  addAll(tag .. ':a:' .. id, 10, 9 + avoided)
end
if recents > 0 then
  redis.call('HSET', entry, 'recent', '1')
  addAll(tag .. ':p:' .. id, 10 + avoided, #ARGV)
end
if ARGV[6] ~= '' then redis.call('HSET', entry, 'level', ARGV[6]) end
if ARGV[7] ~= '' then redis.call('HSET', entry, 'topics', ARGV[7]) end
-- Only wishes relax. A request without wishes is served on arrival and never again.
if recents > 0 or ARGV[6] ~= '' or ARGV[7] ~= '' then
  local time = redis.call('TIME')
  local now = time[1] * 1000000 + time[2]
  local step = tonumber(ARGV[8])
  local passed = math.max(0, math.floor((now - joined) / step))
  if passed < 3 then redis.call('ZADD', tag .. ':relax', joined + (passed + 1) * step, id) end
end

addToBuckets(id, joined, ARGV[5])
return 1
