-- A message, whatever it is and however its conversation stands: a part of append.lua, whose `t`, `told` and `waited` it uses.
-- Returns a function of log, meta and the words of a message, that returns what append.lua does for it.

-- As many as may be unacknowledged at once: each of them can still be repeated.
local REMEMBERED = 16
-- Tabs of one author in one conversation; the one silent longest is forgotten first, and told `unknown_tab`.
local TABS = 32

-- A visitor's message makes them wait; an agent's, in `append`, is their answer.
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

local function append(field, head, holder, number, digest, file, body)
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

  local since = '0'
  if role == 'v' then
    asked(c)
  elseif not note then
    since, c.waiting, c.unread = c.waiting, '0', 0
  end
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
  if since ~= '0' then waited[#waited + 1] = t - since end
  if shown then redis.call('HSET', log .. ':f', file, before_seq .. seq .. '|' .. shown) end
  if not known then enrol(author, tab) end
  return c.epoch .. ' ' .. seq .. ' ' .. t
end

return function(its_log, its_meta, conversation, ...)
  log, meta, uid = its_log, its_meta, conversation
  local done, answer = pcall(append, ...)
  if done then return answer end
  if type(answer) ~= 'table' then answer = redis.error_reply(answer) end
  -- A server that has become a replica: nothing was written, and all of it is for whoever has taken over.
  if string.find(answer.err, '^%-?READONLY ') then error(answer) end
  return answer
end
