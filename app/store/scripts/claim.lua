-- Take a conversation; the fence rises, so that nothing a former holder sent late can be stored.
-- ARGV 2 agent  3 '1' to take it over from whoever holds it  4 id of the event  5 body (JSON) of `claimed`
--      6 id and 7 body of `released`, told when it is taken over
--      8 boot id of the node on which a plain connection of theirs is the claim, or ''
-- Returns {'ok'|'kept', epoch, seq, state}: `kept` if they held it before | {'claimed'|'blocked'|'linked', epoch, seq, state}
local agent, take_over, boot = ARGV[2], ARGV[3] == '1', ARGV[8]
local c, made = change(ARGV[4])
if made then return outcome('ok', c) end
if c.owner == agent then
  -- One more node with a connection that is the claim: hang_up.lua gives it back with the last of them.
  local plain = boot ~= '' and redis.call('HGET', meta, 'plain') or ''
  local fence, nodes = string.match(plain, '^(%d+)(.*)$')
  if fence == text(c.fence) and not string.find(nodes .. ' ', ' ' .. boot .. ' ', 1, true) then
    redis.call('HSET', meta, 'plain', plain .. ' ' .. boot)
  end
  return outcome('kept', c)
end
if c.status == 'blocked' or c.status == 'linked' then return outcome(c.status, c) end
if c.owner ~= '' and not take_over then return outcome('claimed', c) end
local t = now()
if c.owner ~= '' then
  local former = c.owner
  c.owner = ''
  write(c, 'released', former, 'a', ARGV[6], ARGV[7], t)
end
c.owner, c.status, c.fence = agent, 'held', c.fence + 1
write(c, 'claimed', agent, 'a', ARGV[4], ARGV[5], t)
if boot ~= '' then redis.call('HSET', meta, 'plain', c.fence .. ' ' .. boot) end
index(c, t)
return outcome('ok', c)
