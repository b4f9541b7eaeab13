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

local function answered(c)
  if c.waiting ~= '0' then
    -- The first answer: remembered as a moving average, for the line that tells visitors how long it takes.
    local took, old = t - c.waiting, tonumber(redis.call('HGET', times, 'answer_ms') or '')
    redis.call('HSET', times, 'answer_ms', text(old and old * 0.8 + took * 0.2 or took))
    c.waiting = '0'
  end
  c.unread = 0
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

  if role == 'v' then asked(c) elseif not note then answered(c) end
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
