-- Add messages of one period to the index, once: nothing is done where another was there first.
-- Nor where the log is not the one they were read from: after a failover this may come to a store that knows less.
-- KEYS 1 marks (hash)  2 periods (set)  3 documents (string)  4 used (bitmap)  5 what the buckets' keys begin with
--      from 6 on: meta (hash) of each conversation
-- ARGV 1 period  2 bytes of documents there must be  3 documents to add (may be none)  4 how many conversations
--      for each of these: uid, its mark until now, its mark from now on
--      then pairs of bucket and documents to add to it
-- Returns 1, or 0 where nothing was done
-- What all messages of a call say of one pair is one APPEND, so many messages in a call cost less than one by one.
local marks, documents, used, prefix = KEYS[1], KEYS[3], KEYS[4], KEYS[5]
local last = 4 + ARGV[4] * 3
if redis.call('STRLEN', documents) ~= tonumber(ARGV[2]) then return 0 end
for i = 5, last, 3 do
  if redis.call('HGET', marks, ARGV[i]) ~= ARGV[i + 1] then return 0 end
  local epoch, seq = string.match(ARGV[i + 2], '(%d+):(%d+)$')
  local now = redis.call('HMGET', KEYS[6 + (i - 5) / 3], 'epoch', 'seq')
  if now[1] ~= epoch or tonumber(now[2] or 0) < tonumber(seq) then return 0 end
end
if ARGV[3] ~= '' then
  redis.call('SADD', KEYS[2], ARGV[1])
  redis.call('APPEND', documents, ARGV[3])
end
for i = last + 1, #ARGV, 2 do
  local added = ARGV[i + 1]
  if redis.call('APPEND', prefix .. ARGV[i], added) == #added then redis.call('SETBIT', used, ARGV[i], 1) end
end
for i = 5, last, 3 do redis.call('HSET', marks, ARGV[i], ARGV[i + 2]) end
return 1
