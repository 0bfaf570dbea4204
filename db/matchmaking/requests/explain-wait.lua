-- Why somebody waits: how many wait in front, and what keeps compatible people apart.
-- KEYS[1] tag of the pool
-- ARGV[1] request id, [2] most entries read, [3] relax step (µs)
-- Returns { position, compatible, speakers, level, topic, recent }: people with the same wish of
-- languages who wait longer · who could match now · people who speak and learn the right languages and
-- may be met · of these, how many are kept apart by level, by topics, or as partners of the last day.
-- Empty when the request is not in the index. Counts stop at the bound.
local tag, id = KEYS[1], ARGV[1]
local most, relaxStep = tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- @include ../pool/acceptable.lua

local me = readEntry(id)
if not me then return {} end
local counts = { compatible = 0, speakers = 0, level = 0, topic = 0, recent = 0 }
local seen, inFront, looked = {}, {}, 0
local position = 0
for native, practice in string.gmatch(me.buckets, '(%a+)>(%a+)') do
  local line = tag .. ':b:' .. native .. '>' .. practice
  local before = '(' .. string.format('%.0f', me.joined)
  for _, other in ipairs(redis.call('ZRANGEBYSCORE', line, '-inf', before, 'LIMIT', 0, most)) do
    if not inFront[other] then inFront[other] = true position = position + 1 end
  end
  for _, other in ipairs(redis.call('ZRANGE', tag .. ':b:' .. practice .. '>' .. native, 0, most - 1)) do
    if not seen[other] and looked < most then
      seen[other] = true
      looked = looked + 1
      local them = readEntry(other)
      if them and not them.claim and not apart(me, them) then
        counts.speakers = counts.speakers + 1
        local why = obstacle(me, them) or 'compatible'
        counts[why] = counts[why] + 1
      end
    end
  end
end
return { position, counts.compatible, counts.speakers, counts.level, counts.topic, counts.recent }
