#!lua flags=allow-oom
-- Remove a conversation whole, and all that its shard has of its visitor but in the feed and the index.
-- KEYS 1 feed  2 open  3 all  4 log  5 meta  6 files  7 files of the shard (hash)  8 trail  9 place in the reports
--      10 episodes  11 snoozed  12 tags in use  13 present  14 nodes; then the conversations of each of its tags, in their
--      order; last what the outbox's keys begin with
-- ARGV 1 uid  2 its tags, as the caller saw them
-- Returns how many entries went, or -1 where it has other tags
local uid, lane = ARGV[1], 'mail:' .. ARGV[1]
if (redis.call('HGET', KEYS[5], 'tags') or '') ~= ARGV[2] then return -1 end
local entries = redis.call('XLEN', KEYS[4])

local at = 14
for tag in string.gmatch(ARGV[2], '[^\n]+') do
  at = at + 1
  if redis.call('ZREM', KEYS[at], uid) == 1 and redis.call('HINCRBY', KEYS[12], tag, -1) <= 0 then
    redis.call('HDEL', KEYS[12], tag)
  end
end
for _, index in ipairs({2, 3, 11}) do redis.call('ZREM', KEYS[index], uid) end

redis.call('HDEL', KEYS[13], uid)
for _, boot in ipairs(redis.call('HKEYS', KEYS[14])) do
  redis.call('SREM', string.sub(KEYS[14], 1, -2) .. ':' .. boot, uid)
end

local bytes = tonumber(redis.call('HGET', KEYS[6], 'bytes') or 0)
if bytes > 0 then redis.call('HINCRBY', KEYS[7], 'bytes', -bytes) end

for _, list in ipairs({waits(lane), dead(lane)}) do
  for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do
    if list == waits(lane) then redis.call('DECR', outbox .. 'waiting') end
    redis.call('DEL', job(id))
  end
end
redis.call('DEL', waits(lane), dead(lane), standing(lane))
for _, set in ipairs({due(lane), outbox .. 'failing', outbox .. 'dead'}) do redis.call('ZREM', set, lane) end
redis.call('HDEL', outbox .. 'marks', uid)

redis.call('UNLINK', KEYS[4], KEYS[5], KEYS[6], KEYS[8], KEYS[9], KEYS[10])
return entries
