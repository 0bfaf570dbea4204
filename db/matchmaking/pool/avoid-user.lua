-- Add people to the avoid lists of requests in the index.
-- KEYS[1] tag of the pool
-- ARGV pairs: request id, user id to avoid
-- Returns how many entries were changed.
local tag, changed = KEYS[1], 0
for i = 1, #ARGV, 2 do
  local entry = tag .. ':r:' .. ARGV[i]
  if redis.call('EXISTS', entry) == 1 then
    redis.call('HSET', entry, 'avoid', '1')
    changed = changed + redis.call('SADD', tag .. ':a:' .. ARGV[i], ARGV[i + 1])
  end
end
return changed
