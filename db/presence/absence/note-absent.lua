-- Note people as absent from now on, unless a live instance lists them.
-- KEYS[1] where, [2] instances, [3…] absence sets
-- ARGV[1] 'touch' (each request over HTTP starts the grace again) or 'observe' (a known absence stays),
-- [2…] user ids
-- Returns how many are absent.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local whereKey, instancesKey = KEYS[1], KEYS[2]
-- @include ../directory.lua
local absent = 0
for i = 2, #ARGV do
  if #instancesOf(ARGV[i]) == 0 then
    absent = absent + 1
    for set = 3, #KEYS do
      if ARGV[1] == 'touch' then
        redis.call('ZADD', KEYS[set], now, ARGV[i])
      else
        redis.call('ZADD', KEYS[set], 'NX', now, ARGV[i])
      end
    end
  end
end
return absent
