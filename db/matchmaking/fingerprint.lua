-- Shared by scripts that put entries into the index or take them out; needs `tag`. The sum over all
-- entries is compared with the same sum over the waiting rows: equal sums spare a full comparison.
local function share(joined, version)
  return string.format('%.0f', joined % 1000000000 + 7 * version)
end
local function noteThere(id, joined, version)
  redis.call('ZADD', tag .. ':waiting', joined, id)
  redis.call('INCRBY', tag .. ':sum', share(joined, version))
end
local function noteGone(id, joined, version)
  redis.call('ZREM', tag .. ':waiting', id)
  redis.call('DECRBY', tag .. ':sum', share(joined, version))
end
