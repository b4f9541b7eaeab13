-- Add the jobs that follow from a stretch of some logs, and move the marks of these, once: nothing is done where another
-- was there first. Nor where a log is not the one that was read: after a failover this may come to a store that knows less.
-- KEYS 1... meta (hash) of each conversation, then marks (hash), and what the outbox's keys begin with
-- ARGV 1 how many conversations; for each of these: uid, its mark until now ('' for none), its mark from now on
--      then of each job: lane, id, and fields of its hash as JSON: a list of names and values
-- Returns 1, or 0 where nothing was done
local marks, last = KEYS[#KEYS - 1], 1 + ARGV[1] * 3
for i = 2, last, 3 do
  if (redis.call('HGET', marks, ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
  local epoch, seq = string.match(ARGV[i + 2], '^(%d+):(%d+)$')
  local known = redis.call('HMGET', KEYS[(i + 1) / 3], 'epoch', 'seq')
  if known[1] ~= epoch or tonumber(known[2] or 0) < tonumber(seq) then return 0 end
end
local t = now()
for i = last + 1, #ARGV, 3 do add(ARGV[i], ARGV[i + 1], t, unpack(cjson.decode(ARGV[i + 2]))) end
for i = 2, last, 3 do redis.call('HSET', marks, ARGV[i], ARGV[i + 2]) end
return 1
