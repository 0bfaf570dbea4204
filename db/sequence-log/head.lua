-- Shared by the scripts of a sequence log: the head of the log. A log whose head is missing (new,
-- expired, or Redis lost its memory) starts at TIME in microseconds. Every earlier seq of that log is
-- lower, since nothing appends a million entries a second to one log for long.
-- Sets KEYS[1] and KEYS[2]; returns seq, bytes.
local function readHead(ttl)
  local head = redis.call('HMGET', KEYS[2], 'seq', 'bytes')
  if head[1] then return tonumber(head[1]), tonumber(head[2]) end
  local time = redis.call('TIME')
  local seq = time[1] * 1000000 + time[2]
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[2], 'seq', string.format('%d', seq), 'bytes', 0)
  redis.call('EXPIRE', KEYS[2], ttl)
  return seq, 0
end
