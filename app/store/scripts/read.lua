#!lua flags=allow-oom
-- Move a party's read mark forward, never back. Only the feed tells of it.
-- ARGV 2 who  3 role (v, a)  4 seq  5 body (JSON)
-- Returns 1 if it moved, else 0
local c = open()
local seq, field = math.min(tonumber(ARGV[4]), c.seq), 'read_' .. ARGV[3]
if seq <= tonumber(redis.call('HGET', meta, field) or 0) then return 0 end
redis.call('HSET', meta, field, seq)
if ARGV[3] == 'a' and seq >= tonumber(redis.call('HGET', meta, 'asked') or 0) then
  c.unread = 0
  redis.call('HSET', meta, 'state', state(c))
end
announce(feed, uid, c.epoch, 'read', ARGV[2], ARGV[3], ARGV[5], state(c))
return 1
