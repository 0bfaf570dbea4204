-- Take people off the absent list, each only while their absence is still the one that was handled.
-- KEYS[1] absent · ARGV pairs: user id, score
local gone = 0
for i = 1, #ARGV, 2 do
  if redis.call('ZSCORE', KEYS[1], ARGV[i]) == ARGV[i + 1] then
    gone = gone + redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return gone
