-- The seq of the newest entry that a stream has ever had; 0 for a stream that does not exist.
local function seqOf(id)
  return tonumber(string.match(id, '^%d+'))
end
local function field(info, name)
  for at = 1, #info, 2 do
    if info[at] == name then return info[at + 1] end
  end
end
local function lastSeq()
  if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
  return seqOf(field(redis.call('XINFO', 'STREAM', KEYS[1]), 'last-generated-id'))
end
