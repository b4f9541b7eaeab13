-- Store one message, or an agent's private note, once, in its tab's order.
-- KEYS 6 desk (hash)
-- ARGV 2 author  3 role (v visitor, a agent)  4 fence the agent believes in  5 tab  6 n  7 digest of the content (8 bytes)
--      8 body (JSON)  9 kind: message, or note (any agent's, whoever holds the conversation; it moves nothing)
-- Returns {'ok'|'repeat', epoch, seq, t} | {'out_of_order', expected} | {'mismatch'} | {'unknown_tab'} | {'fenced'}
--         | {'blocked'}
-- A repeat is looked for before the fence: what was stored once is acknowledged again, whoever holds it now.
local author, role, fence, tab, n, digest, body = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
local note = ARGV[9] == 'note'
-- As many as may be unacknowledged at once: each of them can still be repeated.
local REMEMBERED = 16
-- Of each the seq in 6 bytes and the digest.
local RECORD = 14
-- Tabs of one author in one conversation; the one silent longest is forgotten first, and told `unknown_tab`.
local TABS = 32

-- A tab's field is `<last n>:<records>`, newest first.
local field = 't:' .. author .. ':' .. tab
local c, known = open(field)
local last, records = 0, ''
if known then
  local colon = string.find(known, ':', 1, true)
  last, records = tonumber(string.sub(known, 1, colon - 1)), string.sub(known, colon + 1)
end

if n <= last then
  local at = (last - n) * RECORD
  local record = string.sub(records, at + 1, at + RECORD)
  if #record == RECORD then
    if string.sub(record, 7) ~= digest then return {'mismatch'} end
    local seq = text(struct.unpack('>I6', record))
    local entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
    return {'repeat', c.epoch, seq, entry and string.match(entry[2][2], '(%d+)$') or '0'}
  end
end
if role == 'v' and c.status == 'blocked' then return {'blocked'} end
if role == 'a' and not note and (c.owner ~= author or text(c.fence) ~= fence) then return {'fenced'} end
if n ~= last + 1 then
  if not known then return {'unknown_tab'} end
  return {'out_of_order', last + 1}
end

local t = now()
if role == 'v' then
  c.unread = c.unread + 1
  local begins = c.status ~= 'held' and c.status ~= 'waiting'
  if begins then c.status, c.waiting = 'waiting', '0' end
  if c.waiting == '0' then c.waiting = t end
  if begins then
    redis.call('ZADD', opened, t, uid)
    redis.call('ZADD', all, t, uid)
  end
elseif not note then
  if c.waiting ~= '0' then
    -- The first answer: remembered as a moving average, for the line that tells visitors how long it takes.
    local took, old = t - c.waiting, tonumber(redis.call('HGET', KEYS[6], 'answer_ms') or '')
    redis.call('HSET', KEYS[6], 'answer_ms', text(old and old * 0.8 + took * 0.2 or took))
    c.waiting = '0'
  end
  c.unread = 0
end

local kept = string.sub(records, 1, (REMEMBERED - 1) * RECORD)
local remembered = ARGV[6] .. ':' .. struct.pack('>I6', c.seq + 1) .. digest .. kept
local id, seq = tab .. '.' .. ARGV[6], text(c.seq + 1)
if role == 'v' then
  write(c, 'message', author, role, id, body, t, field, remembered, 'message', seq, 'asked', seq)
elseif note then
  write(c, 'note', author, role, id, body, t, field, remembered)
else
  write(c, 'message', author, role, id, body, t, field, remembered, 'message', seq)
end
if not known then
  local roster = 'T:' .. author
  local tabs = redis.call('HGET', meta, roster)
  tabs = tabs and tabs .. ' ' .. tab or tab
  local list = {}
  for item in string.gmatch(tabs, '%S+') do list[#list + 1] = item end
  if #list > TABS then
    local oldest, silent
    for at, item in ipairs(list) do
      local value = redis.call('HGET', meta, 't:' .. author .. ':' .. item)
      local spoke = value and struct.unpack('>I6', value, string.find(value, ':', 1, true) + 1) or math.huge
      if not silent or spoke < silent then oldest, silent = at, spoke end
    end
    redis.call('HDEL', meta, 't:' .. author .. ':' .. table.remove(list, oldest))
    tabs = table.concat(list, ' ')
  end
  redis.call('HSET', meta, roster, tabs)
end
return {'ok', c.epoch, seq, t}
