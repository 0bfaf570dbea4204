-- Say that the index of a pool equals its table, unless Redis forgot everything during the rebuild.
-- KEYS[1] marker, [2] note that this rebuild left when it began
-- Returns 1 when the marker is set now.
if redis.call('DEL', KEYS[2]) == 0 then return 0 end
redis.call('SET', KEYS[1], '1')
return 1
