-- Add a job that follows from no log, unless there is, or was within 30 days, one of that id.
-- KEYS 1 what the outbox's keys begin with
-- ARGV 1 lane  2 id  3 kind  4 args (JSON)
local t = now()
add(ARGV[1], ARGV[2], t, 'epoch', 0, 'seq', 0, 'kind', ARGV[3], 'at', t, 'args', ARGV[4], 'once', 1)
