-- Store messages, and agents' private notes, each once and in its tab's order: in one call what a node was given in one
-- turn, since a call and an item of the feed cost the store more than what a message adds to them.
-- KEYS 1 feed  2 open  3 all  4 how fast the shop answers (hash), then log and meta of each message's conversation
-- ARGV of each message one word, as struct.unpack reads it, since each word costs the store as much as all that is done
--      with it. Behind a byte that says how long it is: uid of the conversation; field of meta that counts its tab,
--      `t:<author>:<tab>`; how its head begins, `<kind>|<author>|<role>|<tab>.`; `|<author>|<fence>|` as whom an agent
--      must hold the conversation, '' of a visitor's, '-' of a note; n; digest of the content; id of its file, or '': one
--      that this author uploaded for such an entry, and that none has yet. Then to the end its body (JSON).
--      Kind: message, or note (any agent's, whoever holds the conversation; it moves nothing). Role: v visitor, a agent.
-- Returns for each message `epoch seq t`, a string | {'repeat', epoch, seq, t} | {'out_of_order', expected}
--         | {'mismatch'} | {'unknown_tab'} | {'fenced'} | {'blocked'} | {'linked'} | {'bad_file'} | an error, of that conversation alone
-- A repeat is looked for before the fence: what was stored once is acknowledged again, whoever holds it now.

-- As many as may be unacknowledged at once: each of them can still be repeated.
local REMEMBERED = 16
-- Tabs of one author in one conversation; the one silent longest is forgotten first, and told `unknown_tab`.
local TABS = 32

local PACKED = 'Bc0Bc0Bc0Bc0Bc0Bc0Bc0'

local times, t, told = KEYS[4], now(), {}
-- How long visitors wait for a first answer: a moving average (false: none yet), for the line that tells them. Read and
-- written once a call.
local average, averaged

local function answered_after(ms)
  if average == nil then average = tonumber(redis.pcall('HGET', times, 'answer_ms')) or false end
  average, averaged = math.modf(average and average * 0.8 + ms * 0.2 or ms), true
end

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
  if c.waiting ~= '0' then answered_after(t - c.waiting) end
  c.waiting, c.unread = '0', 0
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

local function append(conversation, field, head, holder, number, digest, file, body)
  uid = conversation
  local kind, author, role, tab = string.match(head, '^([^|]*)|([^|]*)|([^|]*)|(.*)%.$')
  local id, n, note = tab .. '.' .. number, tonumber(number), kind == 'note'
  -- A tab's field is `<last n>:<its seq>`.
  local c, known = open(field)
  local last, at = 0, '0'
  if known then
    last, at = string.match(known, '^(%d+):(%d+)$')
    if not last then return {'unknown_tab'} end -- counted by a former version
    last = tonumber(last)
  end

  if n <= last and last - n < REMEMBERED then return repeated(c, id, digest, at, last - n) end
  if role == 'v' and (c.status == 'blocked' or c.status == 'linked') then return {c.status} end
  local held = string.format('|%s|%s|', c.owner or '', c.fence or '')
  if role == 'a' and not note and held ~= holder then return {'fenced'} end
  if n ~= last + 1 then
    if not known then return {'unknown_tab'} end
    return {'out_of_order', last + 1}
  end
  local before_seq, shown
  if file ~= '' then
    -- Its key, of the log's slot, is not declared, as one more of every call.
    local by, of_note
    before_seq, by, of_note, shown =
      string.match(redis.call('HGET', log .. ':f', file) or '', '^((%w+)|%d+|([01])|)0|(.*)$')
    if by ~= author or (of_note == '1') ~= note then return {'bad_file'} end
    body = string.sub(body, 1, -2) .. ',"file":' .. shown .. '}'
  end

  if role == 'v' then asked(c) elseif not note then answered(c) end
  local seq, before = text(c.seq + 1), at .. '|' .. digest
  local counted = number .. ':' .. seq
  local entry
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

local function aside(...)
  local done, answer = pcall(append, ...)
  if done then return answer end
  if type(answer) ~= 'table' then answer = redis.error_reply(answer) end
  -- A server that has become a replica: nothing was written, and all of it is for whoever has taken over.
  if string.find(answer.err, '^%-?READONLY ') then error(answer) end
  return answer
end

local call, match = redis.call, string.match

-- What nearly all messages are: the tab's next one, without a file, into a conversation that stands as it should, by its
-- visitor while they wait or are talked to, or by its holder. It does what `append` would in two reads and two writes.
-- Of all else nil, and of what fails an error, before anything was written.
local function straight(conversation, field, head, holder, n, digest, body)
  local m = call('HMGET', meta, 'epoch', 'seq', 'floor', 'state', field)
  local epoch, seq, standing, known = m[1], m[2], m[4], m[5]
  if not (known and standing and epoch and seq) or seq - (m[3] or 0) ~= call('XLEN', log) then return end
  local last, at = match(known, '^(%d+):(%d+)$')
  if not last or last + 1 ~= tonumber(n) then return end
  local status, waiting, held, unread = match(standing, '^(%a+)|(%d+)(|%w*|%d+|)(%d+)$')
  local answers_it = held == holder
  if answers_it then
    standing = status .. '|0' .. held .. '0'
  elseif holder == '' and (status == 'held' or status == 'waiting') then
    standing = status .. '|' .. (waiting == '0' and t or waiting) .. held .. (unread == '0' and '1' or text(unread + 1))
  else
    return
  end

  seq, head = text(seq + 1), head .. n .. '|' .. t
  call('XADD', log, seq .. '-0', 'h', head, 'b', body, 'l', at .. '|' .. digest)
  if answers_it then
    call('HSET', meta, 'seq', seq, 'state', standing, field, n .. ':' .. seq, 'message', seq)
    if waiting ~= '0' then answered_after(t - waiting) end
  else
    call('HSET', meta, 'seq', seq, 'state', standing, field, n .. ':' .. seq, 'message', seq, 'asked', seq)
  end
  local place = #told
  told[place + 1] = conversation .. '|' .. seq .. '|' .. epoch .. '|' .. head .. '|' .. standing
  told[place + 2] = body
  return epoch .. ' ' .. seq .. ' ' .. t
end

local answers, unpacked = {}, struct.unpack
for at = 1, #ARGV do
  log, meta = KEYS[2 * at + 3], KEYS[2 * at + 4]
  local conversation, field, head, holder, n, digest, file, rest = unpacked(PACKED, ARGV[at])
  local body, done, answer = string.sub(ARGV[at], rest)
  if file == '' then done, answer = pcall(straight, conversation, field, head, holder, n, digest, body) end
  answers[at] = done and answer or aside(conversation, field, head, holder, n, digest, file, body)
end
if averaged then redis.pcall('HSET', times, 'answer_ms', text(average)) end
if #told > 0 then publish(feed, unpack(told)) end
return answers
