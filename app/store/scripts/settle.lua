#!lua flags=allow-oom
-- What came of a lane that was taken: by the fence, so that nobody does so late; and what is told of it in its
-- conversation, in one step.
-- KEYS 6 what the outbox's keys begin with
-- ARGV 2 lane  3 fence  4 done, later, failed (is tried again) or dead  5 when to look again, unix ms  6 reason
--      7 tries of the lane from now on
--      8 kind of what is told, '' for nothing  9 its id  10 its body (JSON)  11... ids of the jobs meant
-- Returns 1, also where it is a repeat; 0 where another has the lane
local lane, word, at, reason = ARGV[2], ARGV[4], ARGV[5], ARGV[6]
local own, t = standing(lane), now()
local known = redis.call('HMGET', own, 'fence', 'settled', 'looked')
if known[2] == ARGV[3] then return 1 end
if known[1] ~= ARGV[3] then return 0 end
redis.call('HSET', own, 'settled', ARGV[3])
redis.call('HDEL', own, 'fence', 'leased')

local through = 0
for i = 11, #ARGV do
  local id = ARGV[i]
  local meant = redis.call('HMGET', job(id), 'seq', 'once')
  if not meant[1] then -- read meanwhile, where the lease had run out: it is no job any more
  elseif word == 'dead' then
    bury(lane, id, reason, t)
  elseif word == 'failed' then
    redis.call('HINCRBY', job(id), 'tries', 1)
    redis.call('HSETNX', job(id), 'since', t)
  elseif word == 'done' then
    leave(lane, id)
    through = math.max(through, tonumber(meant[1]))
    if meant[2] == '1' then redis.call('PEXPIRE', job(id), KEPT_MS) else redis.call('DEL', job(id)) end
  end
end

if word == 'failed' then
  redis.call('HSETNX', own, 'since', t)
  redis.call('HSET', own, 'tries', ARGV[7], 'reason', reason)
  redis.call('ZADD', outbox .. 'failing', 'NX', t, lane)
  go_on(lane, at)
elseif word == 'later' then
  redis.call('ZREM', outbox .. 'failing', lane) -- what need not be told now is not late
  go_on(lane, known[3] and t or at)
else
  recover(lane)
  go_on(lane, t)
end

if ARGV[8] ~= '' then
  local c = open()
  -- One that was linked to another is over: nothing is told in it any more.
  if c.status ~= 'linked' then
    local epoch, former = string.match(redis.call('HGET', meta, 'mailed') or '', '^(%d+):(%d+)$')
    if word == 'done' and not (epoch == c.epoch and tonumber(former) >= through) then
      write(c, ARGV[8], 'system', 's', ARGV[9], ARGV[10], t, 'mailed', c.epoch .. ':' .. text(through))
    else
      write(c, ARGV[8], 'system', 's', ARGV[9], ARGV[10], t)
    end
  end
end
return 1
