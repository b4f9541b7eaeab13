-- Shut a visitor out, or let them in again. What a blocked visitor writes is refused, and nobody holds or waits.
-- ARGV 2 holder meant ('' if nobody holds it)  3 agent who does it  4 '1' to block, '0' to unblock
--      5 id and 6 body of `released`, told where somebody held it  7 id and 8 body of `blocked` or `unblocked`
-- Returns {'ok'|'linked', epoch, seq, state} | {'held', epoch, seq, state} where another holds it
local blocks = ARGV[4] == '1'
local c, made = change(ARGV[7])
if made then return outcome('ok', c) end
if c.status == 'linked' then return outcome('linked', c) end
if (c.status == 'blocked') == blocks then return outcome('ok', c) end
if c.owner ~= ARGV[2] then return outcome('held', c) end
local t, former = now(), c.owner
c.owner, c.waiting, c.unread = '', '0', 0
c.status = blocks and 'blocked' or 'resolved'
redis.call('HDEL', meta, 'asked', 'closed') -- an end that nobody is asked about
if former ~= '' then write(c, 'released', former, 'a', ARGV[5], ARGV[6], t) end
write(c, blocks and 'blocked' or 'unblocked', ARGV[3], 'a', ARGV[7], ARGV[8], t)
index(c, t)
return outcome('ok', c)
