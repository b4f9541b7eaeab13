-- Store one message, once, in its tab's order.
-- KEYS 5 desk (hash)
-- ARGV 2 author  3 role (v visitor, a agent)  4 fence the agent believes in  5 tab  6 n  7 digest of the content
--      8 body (JSON)
-- Returns {'ok'|'repeat', epoch, seq, t} | {'out_of_order', expected} | {'mismatch'} | {'unknown_tab'} | {'fenced'}
-- A repeat is looked for before the fence: what was stored once is acknowledged again, whoever holds it now.
local author, role, fence, tab, n, digest, body = ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6]), ARGV[7], ARGV[8]
-- As many as may be unacknowledged at once: each of them can still be repeated.
local REMEMBERED = 16
-- Tabs of one author in one conversation; the one silent longest is forgotten first, and told `unknown_tab`.
local TABS = 32

local c = open()
local field, roster = 't:' .. author .. ':' .. tab, 'T:' .. author
local known = redis.call('HGET', meta, field)
local last = known and tonumber(string.match(known, '^(%d+)')) or 0

if n <= last then
  for kept, seq, kept_digest in string.gmatch(known, '(%d+):(%d+):(%x+)') do
    if tonumber(kept) == n then
      if kept_digest ~= digest then return {'mismatch'} end
      local entry = redis.call('XRANGE', log, seq .. '-0', seq .. '-0')[1]
      return {'repeat', c.epoch, tonumber(seq), entry and entry[2][10] or '0'}
    end
  end
end
if role == 'a' and (c.owner ~= author or text(c.fence) ~= fence) then return {'fenced'} end
if n ~= last + 1 then
  if not known then return {'unknown_tab'} end
  return {'out_of_order', last + 1}
end

local t = now()
if role == 'v' then
  c.unread = c.unread + 1
  if c.status ~= 'held' and c.status ~= 'waiting' then c.status, c.waiting = 'waiting', '0' end
  if c.waiting == '0' then
    c.waiting = text(t)
    index(c)
  end
elseif c.waiting ~= '0' then
  -- The first answer: remembered as a moving average, for the line that tells visitors how long it takes.
  local took, old = t - tonumber(c.waiting), tonumber(redis.call('HGET', KEYS[5], 'answer_ms') or '')
  redis.call('HSET', KEYS[5], 'answer_ms', text(old and old * 0.8 + took * 0.2 or took))
  c.waiting = '0'
  c.unread = 0
else
  c.unread = 0
end

local seq = write(c, 'message', author, role, tab .. '.' .. ARGV[6], body, t)

local remembered = n .. ':' .. seq .. ':' .. digest
if known then
  local count = 1
  for item in string.gmatch(known, '[^,]+') do
    count = count + 1
    if count > REMEMBERED then break end
    remembered = remembered .. ',' .. item
  end
else
  local tabs = redis.call('HGET', meta, roster)
  tabs = tabs and tabs .. ' ' .. tab or tab
  local list = {}
  for item in string.gmatch(tabs, '%S+') do list[#list + 1] = item end
  if #list > TABS then
    local oldest, silent
    for at, item in ipairs(list) do
      local value = redis.call('HGET', meta, 't:' .. author .. ':' .. item)
      local spoke = value and tonumber(string.match(value, '^%d+:(%d+)')) or math.huge
      if not silent or spoke < silent then oldest, silent = at, spoke end
    end
    redis.call('HDEL', meta, 't:' .. author .. ':' .. table.remove(list, oldest))
    tabs = table.concat(list, ' ')
  end
  redis.call('HSET', meta, roster, tabs)
end
if role == 'v' then
  redis.call('HSET', meta, field, remembered, 'message', seq, 'asked', seq)
else
  redis.call('HSET', meta, field, remembered, 'message', seq)
end
return {'ok', c.epoch, seq, text(t)}
