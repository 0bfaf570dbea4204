-- Which instances are alive, if they have listed their people.
-- KEYS[1] instances, [2] epoch · ARGV[1] lease (ms)
-- Returns { 'known', instance id, … }, or { 'unknown' } until a lease has passed since the epoch's birth:
-- an instance that has not listed its people again by then is dead.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local birth = tonumber(string.match(redis.call('GET', KEYS[2]) or '', ':(%d+)$'))
if not birth or now < birth + ARGV[1] then return { 'unknown' } end
local live = redis.call('ZRANGEBYSCORE', KEYS[1], '(' .. now, '+inf')
table.insert(live, 1, 'known')
return live
