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

-- Changes that are remembered by the ids of their events. Where a reply was lost a node asks again, and the conversation
-- may have moved on meanwhile, so that its state no longer says that this was done.
local CHANGES_KEPT = 8

-- The conversation, for the change whose event is `id`; whether that was made before; one more field of meta.
local function change(id, field)
  local c, value = open(field)
  local ids, made = {}, false
  for one in string.gmatch(redis.call('HGET', meta, 'changes') or '', '%S+') do
    ids[#ids + 1], made = one, made or one == id
  end
  ids[#ids + 1] = id
  c.changes = table.concat(ids, ' ', math.max(1, #ids - CHANGES_KEPT + 1))
  return c, made, value
end

local function outcome(word, c)
  if word == 'ok' and c.changes then redis.call('HSET', meta, 'changes', c.changes) end
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
