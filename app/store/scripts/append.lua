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

local PACKED = 'Bc0Bc0Bc0Bc0Bc0Bc0Bc0'

local call, match, t = redis.call, string.match, now()
-- Heads and bodies for the feed; and how long, in ms, visitors waited for first answers.
local told, waited = {}, {}

-- What nearly all messages are: the tab's next one, without a file, into a conversation that stands as it should, by its
-- visitor while they wait or are talked to, or by its holder. Two reads and two writes leave what `_aside.lua` would. Of
-- all else nil, and of what fails an error, before anything was written.
local function straight(log, meta, conversation, field, head, holder, n, digest, body)
  local m = call('HMGET', meta, 'epoch', 'seq', 'floor', 'state', field)
  local epoch, seq, floor, standing, known = m[1], m[2], m[3], m[4], m[5]
  if not (known and standing and epoch and seq) then return end
  local length = call('XLEN', log)
  if floor and floor ~= '0' then length = length + floor end
  seq = seq + 1
  local last, at = match(known, '^(%d+):(%d+)$')
  if seq ~= length + 1 or not last or last + 1 ~= n + 0 then return end
  local status, waiting, held, unread = match(standing, '^(%a+)|(%d+)(|%w*|%d+|)(%d+)$')
  local answers_it = held == holder
  if answers_it then
    standing = status .. '|0' .. held .. '0'
  elseif holder == '' and (status == 'held' or status == 'waiting') then
    standing = status .. '|' .. (waiting == '0' and t or waiting) .. held .. (unread == '0' and '1' or text(unread + 1))
  else
    return
  end

  seq, head = text(seq), head .. n .. '|' .. t
  call('XADD', log, seq .. '-0', 'h', head, 'b', body, 'l', at .. '|' .. digest)
  if answers_it then
    call('HSET', meta, 'seq', seq, 'state', standing, field, n .. ':' .. seq, 'message', seq)
    if waiting ~= '0' then waited[#waited + 1] = t - waiting end
  else
    call('HSET', meta, 'seq', seq, 'state', standing, field, n .. ':' .. seq, 'message', seq, 'asked', seq)
  end
  local place = #told
  told[place + 1] = conversation .. '|' .. seq .. '|' .. epoch .. '|' .. head .. '|' .. standing
  told[place + 2] = body
  return epoch .. ' ' .. seq .. ' ' .. t
end

-- Made by the first message of a call that goes aside: to define its functions costs a third of storing a message.
local aside
local function make_aside()
-- here: _conversation.lua
-- here: _aside.lua
end

local answers, unpacked = {}, struct.unpack
for at = 1, #ARGV do
  local log, meta = KEYS[2 * at + 3], KEYS[2 * at + 4]
  local conversation, field, head, holder, n, digest, file, rest = unpacked(PACKED, ARGV[at])
  local body, done, answer = string.sub(ARGV[at], rest)
  if file == '' then done, answer = pcall(straight, log, meta, conversation, field, head, holder, n, digest, body) end
  if not done or not answer then
    aside = aside or make_aside()
    answer = aside(log, meta, conversation, field, head, holder, n, digest, file, body)
  end
  answers[at] = answer
end
if #waited > 0 then
  -- A moving average, for the line that tells visitors how long it takes.
  local average = tonumber(redis.pcall('HGET', KEYS[4], 'answer_ms'))
  for _, ms in ipairs(waited) do average = math.modf(average and average * 0.8 + ms * 0.2 or ms) end
  redis.pcall('HSET', KEYS[4], 'answer_ms', text(average))
end
if #told > 0 then publish(KEYS[1], unpack(told)) end
return answers
