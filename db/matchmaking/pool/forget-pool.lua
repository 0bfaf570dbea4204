-- Remove what is left of a pool while nobody is indexed or claimed there: anyone can name a pool. Its
-- marker expires later.
-- KEYS[1] tag of the pool · ARGV[1] seconds until then: a small pool that comes and goes is not rebuilt
-- Returns 1 when the pool is empty, else 0. The next entry takes the expiry off again.
local tag = KEYS[1]
if redis.call('EXISTS', tag .. ':waiting', tag .. ':holds') > 0 then return 0 end
for _, part in ipairs({ 'sum', 'buckets', 'mirrors', 'fresh', 'relax', 'relaxed', 'walk' }) do
  redis.call('DEL', tag .. ':' .. part)
end
redis.call('EXPIRE', tag .. ':marker', ARGV[1])
return 1
