-- Records a run of a sweep with the Redis server time.
-- KEYS[1] sweeps (hash: name → JSON) · ARGV[1] name, [2] duration (ms), [3] repairs, [4] outcome, [5] last line
-- Repairs of earlier runs are added up, so that a run without repairs does not hide them.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local before = redis.call('HGET', KEYS[1], ARGV[1])
local run = before and cjson.decode(before) or { runs = 0, repaired = 0, failures = 0 }
local repairs = tonumber(ARGV[3])
run.runs = run.runs + 1
run.endedAtMs = now
run.durationMs = tonumber(ARGV[2])
run.lastRepairs = repairs
run.outcome = ARGV[4]
run.line = ARGV[5]
if repairs > 0 then
  run.repaired = run.repaired + repairs
  run.repairedAtMs = now
end
if ARGV[4] ~= 'done' then run.failures = run.failures + 1 end
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(run))
return run.runs
