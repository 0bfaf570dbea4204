-- Take a request out of the index: cancelled, expired, or a ghost without a waiting row.
-- KEYS[1] tag of the pool
-- ARGV[1] request id, [2] highest version that may be removed: a put-back of later date stays
-- Returns 1 when it was there, else 0. A claim that names it ends by itself.
local tag, id = KEYS[1], ARGV[1]
local entry = tag .. ':r:' .. id
-- @include fingerprint.lua
-- @include buckets.lua
local fields = redis.call('HMGET', entry, 'version', 'buckets', 'joined')
if not fields[1] or tonumber(fields[1]) > tonumber(ARGV[2]) then
  return 0
end
removeFromBuckets(id, fields[2])
closeEmptyBuckets()
redis.call('DEL', entry, tag .. ':a:' .. id, tag .. ':p:' .. id)
removeFromFingerprint({ id }, share(fields[3], fields[1]))
redis.call('ZREM', tag .. ':relax', id)
return 1
