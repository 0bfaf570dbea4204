-- Append entries to the stream of a log if it still ends where the caller has seen it end. So a stream never
-- has a gap that the caller did not choose, if another relay appends or Redis loses data meanwhile.
-- KEYS[1] stream
-- ARGV[1] the seq at which the stream ends, [2] entries kept (about), [3] id of the queue,
--   then of each entry: seq, type, at, ticket
-- Returns the seq at which the stream ends now; if that is not the one of the last entry, nothing was appended.
-- @include last-seq.lua
local last = lastSeq()
if last ~= tonumber(ARGV[1]) then return last end
for at = 4, #ARGV, 4 do
  redis.call(
    'XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], ARGV[at] .. '-0',
    'seq', ARGV[at], 'type', ARGV[at + 1], 'queueId', ARGV[3], 'at', ARGV[at + 2], 'ticket', ARGV[at + 3]
  )
end
return lastSeq()
