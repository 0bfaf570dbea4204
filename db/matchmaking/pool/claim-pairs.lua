-- Choose compatible pairs, oldest first, and claim both people of each.
-- KEYS[1] tag of the pool
-- ARGV[1] claim lease (ms), [2] window: entries of a bucket read for one person, [3] budget: entries
--   read in all, [4] 1 = walk the mirror buckets too (the sweep), [5] relax step (µs),
--   [6…] session ids, one a pair
-- Returns { more, flat } where flat lists claim id, then request id, user id, version of the one who
--   waited longer and of the other; more = 1 when the pass should call again, 2 when the index is not
--   marked as complete: after a FLUSHALL somebody who waits longer may be missing from it.
--
-- Rule: a pair is claimed only when each is the other's oldest acceptable partner. Following
-- each person's own choice from anyone ends at such a pair, because every step finds an older person.
local tag = KEYS[1]
local hold, window, budget = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local relaxStep = tonumber(ARGV[5])
local FIRST_ID = 6
local CHUNK = 4
local RELAXED_AT_ONCE = 50
local AT_ONCE = 32
if redis.call('EXISTS', tag .. ':marker') == 0 then return { 2, {} } end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local entries, flat, used = {}, {}, 0
local holds, chain = {}, nil
local maxPairs = #ARGV - FIRST_ID + 1

-- @include acceptable.lua
-- @include buckets.lua

-- False for a request that is not in the index or is claimed.
local function load(id)
  if entries[id] == nil then
    local entry = readEntry(id)
    entries[id] = entry and not entry.claim and entry or false
  end
  return entries[id]
end

local function older(a, b)
  return a.joined < b.joined or (a.joined == b.joined and a.id < b.id)
end

local function oldestIn(bucket, person)
  local from = 0
  while from < window do
    local ids = redis.call('ZRANGE', bucket, from, from + CHUNK - 1)
    for i = 1, #ids do
      budget = budget - 1
      local other = load(ids[i])
      if other and not apart(person, other) and not obstacle(person, other) then return other end
    end
    if #ids < CHUNK then return nil end
    from = from + CHUNK
  end
  return nil
end

local function partnerOf(person)
  local found
  for native, practice in eachBucket(person.buckets) do
    local other = oldestIn(tag .. ':b:' .. practice .. '>' .. native, person)
    if other and (not found or older(other, found)) then found = other end
  end
  return found
end

local function claim(a, b)
  if older(b, a) then a, b = b, a end
  local id = ARGV[FIRST_ID + used]
  used = used + 1
  for _, entry in ipairs({ a, b }) do
    removeFromBuckets(entry.id, entry.buckets)
    redis.call('HSET', tag .. ':r:' .. entry.id, 'claim', id)
    entries[entry.id] = false
  end
  holds[#holds + 1] = math.floor(now / 1000) + hold
  holds[#holds + 1] = id
  redis.call('HSET', tag .. ':h:' .. id, 'first', a.id, 'firstUser', a.user, 'firstVersion', a.version,
    'second', b.id, 'secondUser', b.user, 'secondVersion', b.version)
  for _, value in ipairs({ id, a.id, a.user, a.version, b.id, b.user, b.version }) do
    flat[#flat + 1] = value
  end
end

-- Claims this person's pair, or an older pair that comes first. False when nobody is acceptable.
-- A chain of older and older people that exceeds the budget continues at the next call.
local function pairFrom(person)
  local a, b = person, partnerOf(person)
  if not b then return false end
  while true do
    local c = partnerOf(b)
    if not c or c.id == a.id then break end
    a, b = b, c
    if budget <= 0 then
      chain = b.id
      return true
    end
  end
  claim(a, b)
  return true
end

-- Returns false when it had to stop before this person was served. They come first at the next call,
-- after the person at the end of an interrupted chain.
local function serve(id)
  while true do
    local person = load(id)
    if not person then return true end
    if used >= maxPairs or budget <= 0 then return false end
    budget = budget - 1
    if not pairFrom(person) then return true end
  end
end

-- They come first at the next call: the person at the end of an interrupted chain, then this one.
local function goOnWith(id)
  redis.call('LPUSH', tag .. ':fresh', id)
  if chain then redis.call('LPUSH', tag .. ':fresh', chain) end
end

-- Arrivals first; then those whose wishes have just relaxed.
local function serveList(list)
  while true do
    local ids = redis.call('LPOP', list, AT_ONCE)
    if not ids then return true end
    for i = 1, #ids do
      if not serve(ids[i]) then
        for rest = #ids, i + 1, -1 do redis.call('LPUSH', list, ids[rest]) end
        goOnWith(ids[i])
        return false
      end
    end
  end
end

-- Returns whether more wishes are due than one call takes.
local function relax()
  local due = redis.call('ZRANGEBYSCORE', tag .. ':relax', '-inf', now, 'LIMIT', 0, RELAXED_AT_ONCE)
  for _, id in ipairs(due) do
    local joined = tonumber(redis.call('HGET', tag .. ':r:' .. id, 'joined') or '')
    local step = joined and math.floor((now - joined) / relaxStep)
    if step and step < LAST_STEP then
      redis.call('ZADD', tag .. ':relax', joined + (step + 1) * relaxStep, id)
    else
      redis.call('ZREM', tag .. ':relax', id)
    end
    if joined then redis.call('RPUSH', tag .. ':relaxed', id) end
  end
  return #due == RELAXED_AT_ONCE
end

-- The backstop: serve everyone again, one window at a time, from where the last walk ended.
local function walk()
  for _, bucket in ipairs(redis.call('SRANDMEMBER', tag .. ':mirrors', 16)) do
    local from = tonumber(redis.call('HGET', tag .. ':walk', bucket) or '0')
    local ids = redis.call('ZRANGE', tag .. ':b:' .. bucket, from, from + window - 1)
    local seen = 0
    while seen < #ids and serve(ids[seen + 1]) do seen = seen + 1 end
    if seen == #ids and #ids < window then
      redis.call('HDEL', tag .. ':walk', bucket)
    else
      redis.call('HSET', tag .. ':walk', bucket, from + seen)
    end
    if seen < #ids then
      if chain then goOnWith(ids[seen + 1]) end
      return
    end
  end
end

local moreAreDue = relax()
local done = serveList(tag .. ':fresh') and serveList(tag .. ':relaxed')
if done and ARGV[4] == '1' then walk() end
if #holds > 0 then
  redis.call('ZADD', tag .. ':holds', unpack(holds))
  closeEmptyBuckets()
end
return { done and not moreAreDue and 0 or 1, flat }
