-- Lay a conversation aside: nobody holds it and nobody waits, until a moment, or until the visitor writes.
-- KEYS 6 snoozed (sorted set)
-- ARGV 2 holder meant ('' if nobody holds it)  3 agent who snoozes  4 until (unix ms)  5 id and 6 body of `released`,
--      told where somebody held it  7 id and 8 body of `snoozed`
-- Returns {'ok'|'linked', epoch, seq, state} | {'held', epoch, seq, state} where another holds it, or nobody may
local c, made = change(ARGV[7])
if made then return outcome('ok', c) end
if c.status == 'linked' then return outcome('linked', c) end
if c.owner ~= ARGV[2] or c.status == 'blocked' then return outcome('held', c) end
local t, former = now(), c.owner
c.owner, c.status, c.waiting = '', 'snoozed', '0'
if former ~= '' then write(c, 'released', former, 'a', ARGV[5], ARGV[6], t) end
write(c, 'snoozed', ARGV[3], 'a', ARGV[7], ARGV[8], t, 'until', ARGV[4])
redis.call('ZADD', KEYS[6], ARGV[4], uid)
index(c, t)
return outcome('ok', c)
