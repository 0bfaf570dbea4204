-- Shared by scripts that decide whether two people are acceptable to each other; needs `tag`, `now` (µs)
-- and `relaxStep` (µs) above the line that includes it. The table is that of preferences.ts.
local LAST_STEP, LEVEL_GAPS = 3, { [0] = 1, [1] = 2 }
local ENTRY_FIELDS = { 'user', 'version', 'joined', 'buckets', 'claim', 'level', 'topics', 'avoid', 'recent' }

local function readEntry(id)
  local f = redis.call('HMGET', tag .. ':r:' .. id, unpack(ENTRY_FIELDS))
  if not f[1] then return nil end
  return {
    id = id, user = f[1], version = f[2], joined = tonumber(f[3]), buckets = f[4], claim = f[5],
    level = tonumber(f[6] or ''), topics = f[7], avoid = f[8], recent = f[9],
  }
end

local function lists(kind, a, b)
  return redis.call('SISMEMBER', tag .. kind .. a.id, b.user) == 1
end

-- Never, however long they wait: one person, a block in either direction, a call that just failed.
local function apart(a, b)
  return a.user == b.user or (a.avoid and lists(':a:', a, b)) or (b.avoid and lists(':a:', b, a))
end

local function shareTopic(a, b)
  for topic in string.gmatch(a.topics, '[^\31]+') do
    if string.find(b.topics, '\31' .. topic .. '\31', 1, true) then return true end
  end
  return false
end

-- Not yet, by the step of the one who waited longer: 'recent', 'level', 'topic', or nil.
local function obstacle(a, b)
  local step = math.max(0, math.floor((now - math.min(a.joined, b.joined)) / relaxStep))
  if step >= LAST_STEP then return nil end
  if (a.recent and lists(':p:', a, b)) or (b.recent and lists(':p:', b, a)) then return 'recent' end
  local gap = LEVEL_GAPS[step]
  if gap and a.level and b.level and math.abs(a.level - b.level) > gap then return 'level' end
  if step == 0 and a.topics and b.topics and not shareTopic(a, b) then return 'topic' end
  return nil
end
