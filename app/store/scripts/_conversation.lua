-- Shared by the scripts that write a conversation.
-- KEYS 1 feed (stream, ids 0-<n>)  2 open (sorted set)  3 all (sorted set)  4 log (stream, ids <seq>-0)  5 meta (hash)
-- ARGV 1 uid of the conversation, then each script's own.
-- Few calls and few fields: a call from a script costs the store more than what it does.
local feed, opened, all, log, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local uid = ARGV[1]

-- The conversation as it stands, its sequence checked against the log (XLEN is O(1)); and one more field of meta.
-- Where meta is gone, or disagrees with the log, the store has forgotten. What is left gets a new epoch, so that every
-- client that has something else is told. The counts of tabs go too: what they acknowledged may be lost.
local function open(field)
  local m = redis.call('HMGET', meta, 'epoch', 'seq', 'floor', 'state', field or 'message')
  local status, waiting, owner, fence, unread = string.match(m[4] or 'here|0||0|0', '^(%a+)|(%d+)|(%w*)|(%d+)|(%d+)$')
  local c = {
    epoch = m[1], seq = tonumber(m[2] or 0),
    status = status, waiting = waiting, owner = owner, fence = tonumber(fence), unread = tonumber(unread),
  }
  local length = redis.call('XLEN', log)
  if m[1] and length == c.seq - (m[3] or 0) then return c, m[5] end

  -- Of somebody who was erased nothing is written again, however late it comes (store/erasing.py).
  if not m[1] and redis.call('HEXISTS', string.sub(feed, 1, -5) .. 'erased', redis.sha1hex(uid)) == 1 then
    error({err = 'ERASED whose conversation this was'})
  end
  c.seq = 0
  if redis.call('EXISTS', log) == 1 then
    local info = redis.call('XINFO', 'STREAM', log)
    for i = 1, #info, 2 do
      if info[i] == 'last-generated-id' then c.seq = tonumber(string.match(info[i + 1], '^(%d+)')) end
    end
  end
  for _, name in ipairs(redis.call('HKEYS', meta)) do
    if string.match(name, '^[tT]:') then redis.call('HDEL', meta, name) end
  end
  -- In microseconds, so that two of them differ even where the old one was lost; still exact as a double.
  local t = redis.call('TIME')
  c.epoch = text(math.max(t[1] * 1000000 + t[2], (tonumber(m[1]) or 0) + 1))
  redis.call('HSET', meta, 'epoch', c.epoch, 'seq', c.seq, 'floor', c.seq - length)
  return c
end

-- status|unanswered since|owner|fence|unread: what dashboards and fences need to know, with every entry.
local function state(c)
  return c.status .. '|' .. c.waiting .. '|' .. c.owner .. '|' .. c.fence .. '|' .. c.unread
end

-- Write an entry at time `t` (now()): the log first. Scripts do not roll back, and an XADD that fails must leave `seq`
-- where it was. A message says what was `before` it (append.lua), an event does not. What follows `t` are further fields
-- of meta and their values. Returns head and body for the feed.
local function record(c, before, kind, author, role, id, body, t, ...)
  local seq, standing = text(c.seq + 1), state(c)
  local head = kind .. '|' .. author .. '|' .. role .. '|' .. id .. '|' .. t
  if before then
    redis.call('XADD', log, seq .. '-0', 'h', head, 'b', body, 'l', before)
  else
    redis.call('XADD', log, seq .. '-0', 'h', head, 'b', body)
  end
  c.seq = c.seq + 1
  redis.call('HSET', meta, 'seq', seq, 'state', standing, ...)
  return uid .. '|' .. seq .. '|' .. c.epoch .. '|' .. head .. '|' .. standing, body
end

-- Write an event, and tell the feed.
local function write(c, ...) publish(feed, record(c, nil, ...)) end
