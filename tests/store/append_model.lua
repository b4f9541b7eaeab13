-- The model that append.lua is compared with (test_append_model.py): _feed.lua, _conversation.lua and append.lua as they
-- were before it had a straight path, and a word of a call for each word of a message; but that how long a visitor waited
-- is noted once the answer is stored.
-- Shared by the scripts that put something in a feed. What is defined here is made anew at each call, so it is little.
-- Entries kept, about: at 20,000 messages a second half a second of a node's absence; past that it reads the logs.
local FEED_KEPT = 10000

-- A whole number as a string; tostring would write a large one as 1.7e+12.
local function text(number) return string.format('%d', number) end

-- Unix milliseconds by the store's clock, so that all nodes agree; a string.
local function now()
  local t = redis.call('TIME')
  return text(t[1] * 1000 + math.floor(t[2] / 1000))
end

-- Put an item in the feed: of each entry its head, uid|seq|epoch|kind|author|role|id|t|state, and its body. One field to
-- split costs every reader, and the store, a third of what ten would; and an item of several less than several items.
local function publish(feed, ...)
  local items = math.ceil(FEED_KEPT * 2 / select('#', ...)) -- as if all were as large as this one
  return redis.call('XADD', feed, 'MAXLEN', '~', items, '0-*', ...)
end
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
-- Store messages, and agents' private notes, each once and in its tab's order: in one call what a node was given in one
-- turn, since a call and an item of the feed cost the store more than what a message adds to them.
-- KEYS 1 feed  2 open  3 all  4 how fast the shop answers (hash), then log and meta of each message's conversation
-- ARGV for each message
--      1 uid of the conversation  2 author  3 role (v visitor, a agent)  4 fence the agent believes in  5 tab  6 n
--      7 digest of the content  8 body (JSON)
--      9 kind: message, or note (any agent's, whoever holds the conversation; it moves nothing)
--      10 id of its file, or nothing: one that this author uploaded for such an entry, and that none has yet
-- Returns for each message `epoch seq t`, a string | {'repeat', epoch, seq, t} | {'out_of_order', expected}
--         | {'mismatch'} | {'unknown_tab'} | {'fenced'} | {'blocked'} | {'linked'} | {'bad_file'} | an error, of that conversation alone
-- A repeat is looked for before the fence: what was stored once is acknowledged again, whoever holds it now.

-- As many as may be unacknowledged at once: each of them can still be repeated.
local REMEMBERED = 16
-- Tabs of one author in one conversation; the one silent longest is forgotten first, and told `unknown_tab`.
local TABS = 32
local WORDS = 10

local times, t, told = KEYS[4], now(), {}

-- A visitor's message makes them wait; an agent's is their answer.
local function asked(c)
  c.unread = c.unread + 1
  local begins = c.status ~= 'held' and c.status ~= 'waiting'
  if begins then c.status, c.waiting = 'waiting', '0' end
  if c.waiting == '0' then c.waiting = t end
  if begins then
    redis.call('ZADD', opened, t, uid)
    redis.call('ZADD', all, t, uid)
  end
end

-- The first answer: remembered as a moving average, for the line that tells visitors how long it takes.
local function answered(since)
  local took, old = t - since, tonumber(redis.call('HGET', times, 'answer_ms') or '')
  redis.call('HSET', times, 'answer_ms', text(old and old * 0.8 + took * 0.2 or took))
end

-- One more tab of this author; of too many, the one silent longest goes.
local function enrol(author, tab)
  local field = 'T:' .. author
  local tabs = redis.call('HGET', meta, field)
  tabs = tabs and tabs .. ' ' .. tab or tab
  local list = {}
  for item in string.gmatch(tabs, '%S+') do list[#list + 1] = item end
  if #list > TABS then
    local oldest, silent
    for at, item in ipairs(list) do
      local value = redis.call('HGET', meta, 't:' .. author .. ':' .. item)
      local spoke = value and tonumber(string.match(value, ':(%d+)$')) or 0
      if not silent or spoke < silent then oldest, silent = at, spoke end
    end
    redis.call('HDEL', meta, 't:' .. author .. ':' .. table.remove(list, oldest))
    tabs = table.concat(list, ' ')
  end
  redis.call('HSET', meta, field, tabs)
end

-- The answer to a message that was stored before, `back` messages of its tab behind entry `seq`.
-- Each message says where the one before it of its tab is, so that nothing need be kept of them beside the log.
-- One that was trimmed was stored all the same, at `seq` or before.
local function repeated(c, id, digest, seq, back)
  local former, entry, its_digest = seq
  for _ = 0, back do
    seq = former
    entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
    if not entry then return {'repeat', c.epoch, seq, '0'} end
    former, its_digest = string.match(entry[2][6], '^(%d+)|(%x+)$')
  end
  local its_id, its_t = string.match(entry[2][2], '([^|]*)|(%d+)$')
  if its_id ~= id or its_digest ~= digest then return {'mismatch'} end
  return {'repeat', c.epoch, seq, its_t}
end

local function append(conversation, author, role, fence, tab, number, digest, body, kind, file)
  uid = conversation
  local id, n, note = tab .. '.' .. number, tonumber(number), kind == 'note'
  -- A tab's field is `<last n>:<its seq>`.
  local field = 't:' .. author .. ':' .. tab
  local c, known = open(field)
  local last, at = 0, '0'
  if known then
    last, at = string.match(known, '^(%d+):(%d+)$')
    if not last then return {'unknown_tab'} end -- counted by a former version
    last = tonumber(last)
  end

  if n <= last and last - n < REMEMBERED then return repeated(c, id, digest, at, last - n) end
  if role == 'v' and (c.status == 'blocked' or c.status == 'linked') then return {c.status} end
  if role == 'a' and not note and (c.owner ~= author or text(c.fence) ~= fence) then return {'fenced'} end
  if n ~= last + 1 then
    if not known then return {'unknown_tab'} end
    return {'out_of_order', last + 1}
  end
  local before_seq, shown
  if file ~= '' then
    -- Not a function of its own, which messages without a file would pay for; and its key, of the log's slot, is not
    -- declared, as one more of every call.
    local by, of_note
    before_seq, by, of_note, shown =
      string.match(redis.call('HGET', log .. ':f', file) or '', '^((%w+)|%d+|([01])|)0|(.*)$')
    if by ~= author or (of_note == '1') ~= note then return {'bad_file'} end
    body = string.sub(body, 1, -2) .. ',"file":' .. shown .. '}'
  end

  local since = '0'
  if role == 'v' then
    asked(c)
  elseif not note then
    since, c.waiting, c.unread = c.waiting, '0', 0
  end
  local seq, before = text(c.seq + 1), at .. '|' .. digest
  local counted = number .. ':' .. seq
  local head, entry
  if note then
    head, entry = record(c, before, kind, author, role, id, body, t, field, counted)
  elseif role == 'v' then
    head, entry = record(c, before, kind, author, role, id, body, t, field, counted, 'message', seq, 'asked', seq)
  else
    head, entry = record(c, before, kind, author, role, id, body, t, field, counted, 'message', seq)
  end
  told[#told + 1] = head
  told[#told + 1] = entry
  if since ~= '0' then answered(since) end
  if shown then redis.call('HSET', log .. ':f', file, before_seq .. seq .. '|' .. shown) end
  if not known then enrol(author, tab) end
  return c.epoch .. ' ' .. seq .. ' ' .. t
end

local answers = {}
for at = 1, #ARGV / WORDS do
  log, meta = KEYS[2 * at + 3], KEYS[2 * at + 4]
  local done, answer = pcall(append, unpack(ARGV, (at - 1) * WORDS + 1, at * WORDS))
  if not done then
    if type(answer) ~= 'table' then answer = redis.error_reply(answer) end
    -- A server that has become a replica: nothing was written, and all of it is for whoever has taken over.
    if string.find(answer.err, '^%-?READONLY ') then error(answer) end
  end
  answers[at] = answer
end
if #told > 0 then publish(feed, unpack(told)) end
return answers
