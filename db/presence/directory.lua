-- Which live instances list a person. Expects the locals `now` (ms), `instancesKey` and `whereKey`.
local isRunning = {}
local function isLive(instance)
  if isRunning[instance] == nil then
    local expiry = redis.call('ZSCORE', instancesKey, instance)
    isRunning[instance] = (expiry and tonumber(expiry) > now) or false
  end
  return isRunning[instance]
end

-- Returns the live instances that list the person, without `except`, and the stored text.
local function instancesOf(user, except)
  local live = {}
  local stored = redis.call('HGET', whereKey, user)
  if stored then
    for instance in string.gmatch(stored, '%S+') do
      if instance ~= except and isLive(instance) then live[#live + 1] = instance end
    end
  end
  return live, stored
end

local function store(user, instances, stored)
  local text = table.concat(instances, ' ')
  if text == '' then
    if stored then redis.call('HDEL', whereKey, user) end
  elseif text ~= stored then
    redis.call('HSET', whereKey, user, text)
  end
end
