-- Shared by scripts that add people to the buckets of their languages or remove them; needs `tag`. A
-- script that removes people calls closeEmptyBuckets() at its end: a bucket that several people leave
-- in one call is checked once.
local left = {}

local function eachBucket(buckets)
  return string.gmatch(buckets, '(%a+)>(%a+)')
end

local function mirrorOf(native, practice)
  if practice < native then native, practice = practice, native end
  return native .. '>' .. practice
end

-- The next pass serves this person if somebody is in a mirror bucket. If nobody is, the pass that
-- serves a later arrival finds this person.
local function addToBuckets(id, joined, buckets)
  local hasMirror = false
  for native, practice in eachBucket(buckets) do
    redis.call('ZADD', tag .. ':b:' .. native .. '>' .. practice, joined, id)
    redis.call('SADD', tag .. ':buckets', native .. '>' .. practice)
    if redis.call('EXISTS', tag .. ':b:' .. practice .. '>' .. native) == 1 then
      redis.call('SADD', tag .. ':mirrors', mirrorOf(native, practice))
      hasMirror = true
    end
  end
  if hasMirror then redis.call('RPUSH', tag .. ':fresh', id) end
end

local function removeFromBuckets(id, buckets)
  for native, practice in eachBucket(buckets) do
    local line = native .. '>' .. practice
    redis.call('ZREM', tag .. ':b:' .. line, id)
    left[line] = mirrorOf(native, practice)
  end
end

local function closeEmptyBuckets()
  for line, mirror in pairs(left) do
    if redis.call('EXISTS', tag .. ':b:' .. line) == 0 then
      redis.call('SREM', tag .. ':mirrors', mirror)
      redis.call('SREM', tag .. ':buckets', line)
    end
  end
end
