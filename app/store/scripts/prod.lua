-- Look at a lane now, rather than when it was put off to; unless it is being tried, and then at once after that.
-- A lane is called `asked` for where a person wants it tried.
-- KEYS 1 what the outbox's keys begin with
-- ARGV 1 lane  2 '1': though it failed  3 '1': and what is dead of it waits again
-- Returns 1, or 0 where there is no such lane
local lane, t = ARGV[1], now()
local own, again = standing(lane), ARGV[2] == '1'
if ARGV[3] == '1' then
  for _, id in ipairs(redis.call('LRANGE', dead(lane), 0, -1)) do
    if redis.call('EXISTS', job(id)) == 1 then add(lane, id, t) end
  end
  redis.call('DEL', dead(lane))
  redis.call('ZREM', outbox .. 'dead', lane)
end
if redis.call('EXISTS', waits(lane)) == 0 then return 0 end
if ARGV[3] == '1' then redis.call('HSET', own, 'asked', 1) end
if tonumber(redis.call('HGET', own, 'leased') or 0) > tonumber(t) then
  redis.call('HSET', own, 'looked', 1)
elseif again or not redis.call('ZSCORE', outbox .. 'failing', lane) then
  redis.call('ZADD', due(lane), t, lane)
end
return 1
