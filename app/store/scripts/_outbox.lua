-- Shared by the scripts of the outbox (store/outbox.py). The last of KEYS is what the names of its keys begin with.
-- A lane is called `<endpoint>:<subject>`, and stands in `due:<endpoint>` as long as something waits in it.
local outbox = KEYS[#KEYS]
-- Milliseconds that dead letters, and the ids of what must never be told again, are kept: 30 days. And how long it is
-- still known that a lane was settled which is empty by then: longer than a reply may be under way.
local KEPT_MS, SETTLED_MS = 2592000000, 120000

local function waits(lane) return outbox .. 'l:' .. lane end
local function standing(lane) return outbox .. 's:' .. lane end
local function dead(lane) return outbox .. 'd:' .. lane end
local function job(id) return outbox .. 'j:' .. id end
local function due(lane) return outbox .. 'due:' .. string.match(lane, '^(.*):') end

-- A job takes its place in its lane: in the log's order, also where its address, or its turn, came late.
local function enqueue(lane, id)
  local list, seq = waits(lane), tonumber(redis.call('HGET', job(id), 'seq'))
  local ids = redis.call('LRANGE', list, -1, -1)
  if ids[1] and tonumber(redis.call('HGET', job(ids[1]), 'seq') or 0) > seq then
    for _, other in ipairs(redis.call('LRANGE', list, 0, -1)) do
      if tonumber(redis.call('HGET', job(other), 'seq') or 0) > seq then
        redis.call('LINSERT', list, 'BEFORE', other, id)
        return
      end
    end
  end
  redis.call('RPUSH', list, id)
end

-- A job joins its lane. What is known of a job that waits, or must not be told again, stays as it is; a dead
-- one waits anew.
local function add(lane, id, t, ...)
  local key = job(id)
  if redis.call('EXISTS', key) == 1 then
    if redis.call('LREM', dead(lane), 1, id) == 0 then return end
    redis.call('HDEL', key, 'since')
    redis.call('PERSIST', key)
    if redis.call('EXISTS', dead(lane)) == 0 then redis.call('ZREM', outbox .. 'dead', lane) end
  else
    redis.call('HSET', key, ...)
  end
  enqueue(lane, id)
  redis.call('INCR', outbox .. 'waiting')
  redis.call('PERSIST', standing(lane))
  redis.call('ZADD', due(lane), 'NX', t, lane)
end

-- A job waits no more.
local function leave(lane, id)
  if redis.call('LREM', waits(lane), 1, id) == 1 then redis.call('DECR', outbox .. 'waiting') end
end

-- A lane is as one in which nothing failed.
local function recover(lane)
  redis.call('HDEL', standing(lane), 'tries', 'since', 'reason')
  redis.call('ZREM', outbox .. 'failing', lane)
end

-- After jobs have left it: the lane is over, or to be looked at again at `at`.
local function go_on(lane, at)
  if redis.call('EXISTS', waits(lane)) == 1 then
    redis.call('ZADD', due(lane), at, lane)
  else
    recover(lane)
    redis.call('ZREM', due(lane), lane)
    redis.call('HDEL', standing(lane), 'asked')
    redis.call('PEXPIRE', standing(lane), SETTLED_MS)
  end
end

-- A job is given up. Its lane stands among the dead as long as one of its jobs is kept.
local function bury(lane, id, reason, t)
  leave(lane, id)
  redis.call('HSET', job(id), 'reason', reason)
  redis.call('PEXPIRE', job(id), KEPT_MS)
  redis.call('RPUSH', dead(lane), id)
  redis.call('PEXPIRE', dead(lane), KEPT_MS)
  redis.call('ZADD', outbox .. 'dead', t, lane)
  redis.call('ZREMRANGEBYSCORE', outbox .. 'dead', '-inf', t - KEPT_MS)
end
