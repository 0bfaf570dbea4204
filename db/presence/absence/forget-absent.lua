-- Remove people from one absence set, each only while the absence is the one that was handled.
-- KEYS[1] absence set · ARGV pairs: user id, since
-- Returns how many were removed.
local removed = 0
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    removed = removed + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return removed
