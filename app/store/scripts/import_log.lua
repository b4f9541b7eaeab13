-- Take over what was said elsewhere: all of it that is new becomes part of the log in this step, or none.
-- KEYS 6 what is new (stream, ids <seq>-0, fields as a log's)  7 how far jobs are planned (hash)
-- ARGV 2 `<epoch>:<seq>` of the conversation as it was seen, or '' for none  3 state from now on  4 seq of its last message
--      5 when its last entry was written, unix ms
-- Returns 1, or 0 where it is not as it was seen, or they were erased meanwhile
-- Nothing of it is planned for the courier, and nobody waits. Only followers are told, by the last entry and without a
-- state: so whoever shows what is going on now passes it over.
local staged, marks = KEYS[6], KEYS[7]
local seen = redis.call('HMGET', meta, 'epoch', 'seq')
local here = seen[1] and seen[1] .. ':' .. seen[2] or ''
local epoch = seen[1]
local erased = here == '' and redis.call('HEXISTS', string.sub(feed, 1, -5) .. 'erased', redis.sha1hex(uid)) == 1
if here ~= ARGV[2] or erased or (here == '' and redis.call('EXISTS', log) == 1) then
  redis.call('UNLINK', staged)
  return 0
end
if here == '' then
  local t = redis.call('TIME')
  epoch = text(t[1] * 1000000 + t[2]) -- as _conversation.lua makes one
  redis.call('RENAME', staged, log)
  redis.call('PERSIST', log)
else
  for _, entry in ipairs(redis.call('XRANGE', staged, '-', '+')) do
    redis.call('XADD', log, entry[1], unpack(entry[2]))
  end
  redis.call('UNLINK', staged)
end
local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
local seq, head, body = string.match(last[1], '^%d+'), last[2][2], last[2][4]
redis.call('HSET', meta, 'epoch', epoch, 'seq', seq, 'state', ARGV[3], 'message', ARGV[4], 'read_v', seq, 'read_a', seq,
  'left', ARGV[5], 'imported', seq .. ':' .. ARGV[5])
redis.call('ZADD', all, ARGV[5], uid)
redis.call('HSET', marks, uid, epoch .. ':' .. seq)
publish(feed, uid .. '|' .. seq .. '|' .. epoch .. '|' .. head .. '|', body)
return 1
