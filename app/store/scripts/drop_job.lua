#!lua flags=allow-oom
-- A job is none any more: whom it names was erased.
-- KEYS 1 what the outbox's keys begin with
-- ARGV 1 lane  2 id
local lane, id = ARGV[1], ARGV[2]
if redis.call('LREM', waits(lane), 1, id) == 1 then
  redis.call('DECR', outbox .. 'waiting')
  if redis.call('EXISTS', waits(lane)) == 0 then go_on(lane, now()) end
end
if redis.call('LREM', dead(lane), 1, id) == 1 and redis.call('EXISTS', dead(lane)) == 0 then
  redis.call('ZREM', outbox .. 'dead', lane)
end
redis.call('DEL', job(id))
