-- Shared by the scripts that change how a conversation stands: whose it is, and where it is listed.
-- Keep the indexes of conversations, of the open ones and of all, true after a change of status at time `t`.
local function index(c, t)
  if c.status == 'waiting' or c.status == 'held' or c.status == 'snoozed' then
    redis.call('ZADD', opened, c.waiting, uid)
  else
    redis.call('ZREM', opened, uid)
  end
  redis.call('ZADD', all, t, uid)
end

local function outcome(word, c)
  return {word, c.epoch, c.seq, state(c)}
end

-- Nobody holds it any more: back to waiting with its place kept, or merely here if the visitor never wrote. `id` and
-- `body` are those of `released`.
local function give_back(c, holder, id, body)
  local t = now()
  c.owner = ''
  if redis.call('HEXISTS', meta, 'asked') == 1 then
    c.status = 'waiting'
    if c.waiting == '0' then c.waiting = t end
  else
    c.status, c.waiting = 'here', '0'
  end
  write(c, 'released', holder, 'a', id, body, t)
  index(c, t)
  return outcome('ok', c)
end
