-- What an anonymous visitor wrote is linked to this conversation. That is told once, and again only where more goes over
-- to this one: since when they wait, the earlier of both; and who holds theirs, where nobody holds this one, or else that
-- it waits or sleeps.
-- KEYS 6 snoozed (sorted set)
-- ARGV 2 uid of the anonymous one, and of their conversation  3 status  4 unanswered since  5 holder  6 unread
--      7 '1' if the visitor asked something  8 until when it sleeps, unix ms  9 id and 10 body (JSON) of `linked`
--      11 id and 12 body of `claimed`, told where the holder goes over
-- Returns {'ok', epoch, seq, state, seq of `linked`, its time}
local from, status, since, holder = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local field = 'l:' .. from
local c, made, known = change(ARGV[9], field)
local before, t = state(c), now()

local function answer()
  local found = outcome('ok', c)
  found[5], found[6] = string.match(known, '^(%d+) (%d+)$')
  return found
end
if made then return answer() end

local claims = holder ~= '' and c.owner == '' and c.status ~= 'blocked'
if c.status ~= 'blocked' then
  if since ~= '0' and (c.waiting == '0' or tonumber(since) < tonumber(c.waiting)) then c.waiting = since end
  c.unread = math.max(c.unread, tonumber(ARGV[6]))
  if status == 'waiting' and c.owner == '' then
    c.status = 'waiting'
  elseif status == 'snoozed' and (c.status == 'here' or c.status == 'resolved') then
    c.status = 'snoozed'
    redis.call('HSET', meta, 'until', ARGV[8])
    redis.call('ZADD', KEYS[6], ARGV[8], uid)
  end
end
if not known or claims or state(c) ~= before then
  local body = known and string.sub(ARGV[10], 1, -2) .. ',"again":true}' or ARGV[10]
  known = known or text(c.seq + 1) .. ' ' .. t
  if ARGV[7] == '1' then redis.call('HSET', meta, 'asked', c.seq + 1) end
  write(c, 'linked', '', 'a', ARGV[9], body, t, field, known)
end
if claims then
  c.owner, c.status, c.fence = holder, 'held', c.fence + 1
  write(c, 'claimed', holder, 'a', ARGV[11], ARGV[12], t)
end
if state(c) ~= before then index(c, t) end
return answer()
