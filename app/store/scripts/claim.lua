-- Take a conversation; the fence rises, so that nothing a former holder sent late can be stored.
-- ARGV 2 agent  3 '1' to take it over from whoever holds it  4 id of the event  5 body (JSON) of `claimed`
--      6 id and 7 body of `released`, told when it is taken over
-- Returns {'ok'|'kept', epoch, seq, state}: `kept` if they held it before | {'claimed'|'blocked', epoch, seq, state}
local agent, take_over = ARGV[2], ARGV[3] == '1'
local c = open()
if c.owner == agent then return outcome('kept', c) end
if c.status == 'blocked' then return outcome('blocked', c) end
if c.owner ~= '' and not take_over then return outcome('claimed', c) end
local t = now()
if c.owner ~= '' then
  local former = c.owner
  c.owner = ''
  write(c, 'released', former, 'a', ARGV[6], ARGV[7], t)
end
c.owner, c.status, c.fence = agent, 'held', c.fence + 1
write(c, 'claimed', agent, 'a', ARGV[4], ARGV[5], t)
index(c, t)
return outcome('ok', c)
