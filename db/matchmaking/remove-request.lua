-- Take a request out of the index: cancelled, expired, or a ghost without a waiting row.
-- KEYS[1] tag of the pool
-- ARGV[1] request id, [2] highest version that may be removed: a put-back of later date stays
-- Returns 1 when it was there, else 0. A hold that names it is left to its claim.
local tag, id = KEYS[1], ARGV[1]
local entry = tag .. ':r:' .. id
-- @include fingerprint.lua
local fields = redis.call('HMGET', entry, 'version', 'buckets', 'joined')
if not fields[1] or tonumber(fields[1]) > tonumber(ARGV[2]) then
  return 0
end
for native, practice in string.gmatch(fields[2], '(%a+)>(%a+)') do
  local bucket = tag .. ':b:' .. native .. '>' .. practice
  if redis.call('ZREM', bucket, id) == 1 and redis.call('EXISTS', bucket) == 0 then
    local low, high = native, practice
    if high < low then low, high = high, low end
    redis.call('SREM', tag .. ':mirrors', low .. '>' .. high)
    redis.call('SREM', tag .. ':buckets', native .. '>' .. practice)
  end
end
redis.call('DEL', entry, tag .. ':a:' .. id, tag .. ':p:' .. id)
noteGone(id, fields[3], fields[1])
redis.call('ZREM', tag .. ':relax', id)
return 1
