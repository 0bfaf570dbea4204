-- The epoch, and the run of Redis that it belongs to: its value is `id:birth` or `id@run:birth`.
-- A restart or a failover may lose the last second, and both change the run. Where INFO is not allowed
-- no run is known, and an epoch ends only with its key.
local function serverRun()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or nil
end

-- Returns the value and the birth (ms); nothing when there is no epoch of this run.
local function readEpoch(key)
  local value = redis.call('GET', key)
  local run = value and string.match(value, '@(%x+):%d+$')
  if not value or (run and run ~= (serverRun() or run)) then return nil end
  return value, tonumber(string.match(value, ':(%d+)$'))
end
