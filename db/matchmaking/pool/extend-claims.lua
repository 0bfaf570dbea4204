-- Set the lease of claims, from now on.
-- KEYS[1] tag of the pool · ARGV[1] lease (ms), [2…] claim ids
-- Returns how many leases were set. A claim that has ended meanwhile does not come back.
local time = redis.call('TIME')
local expiry = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[1]
local held = 0
for i = 2, #ARGV do
  if redis.call('ZSCORE', KEYS[1] .. ':holds', ARGV[i]) then
    redis.call('ZADD', KEYS[1] .. ':holds', expiry, ARGV[i])
    held = held + 1
  end
end
return held
