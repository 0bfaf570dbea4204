-- Read what a log keeps after a seq, oldest first. A missing log starts here, so that the answer says
-- where the next entry follows. Reading does not prolong the log.
-- KEYS[1] entries (list), KEYS[2] head (hash: seq of the last entry, bytes of all)
-- ARGV[1] seq, [2] author whose entries are left out ('' for none), [3] bytes of the answer, [4] TTL (s)
-- Returns { first seq kept, last seq, 1 when entries were left out for size, then seq and entry of each }.
-- The first entry is always given. An entry begins with its author and a line feed.
-- @include head.lua
local CHUNK = 16
local seq = readHead(ARGV[4])
local kept = redis.call('LLEN', KEYS[1])
local first = seq - kept + 1
local reply = { first, seq, 0 }
local bytes = 0
local at = math.max(tonumber(ARGV[1]) + 1 - first, 0)
while at < kept do
  for _, entry in ipairs(redis.call('LRANGE', KEYS[1], at, at + CHUNK - 1)) do
    local author = string.sub(entry, 1, string.find(entry, '\n', 1, true) - 1)
    if author == '' or author ~= ARGV[2] then
      bytes = bytes + #entry
      if bytes > tonumber(ARGV[3]) and #reply > 3 then
        reply[3] = 1
        return reply
      end
      reply[#reply + 1] = first + at
      reply[#reply + 1] = entry
    end
    at = at + 1
  end
end
return reply
