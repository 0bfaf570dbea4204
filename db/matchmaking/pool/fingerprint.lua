-- Shared by scripts that put entries into the index or take them out; needs `tag`. The sum over all
-- entries is compared with the same sum over the waiting rows: equal sums spare a full comparison.
local function share(joined, version)
  return joined % 1000000000 + 7 * version
end
local function addToFingerprint(id, joined, version)
  redis.call('ZADD', tag .. ':waiting', joined, id)
  redis.call('INCRBY', tag .. ':sum', string.format('%.0f', share(joined, version)))
end
-- Several at once, with the sum of their shares.
local function removeFromFingerprint(ids, shares)
  redis.call('ZREM', tag .. ':waiting', unpack(ids))
  redis.call('DECRBY', tag .. ':sum', string.format('%.0f', shares))
end
