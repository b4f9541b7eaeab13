-- This conversation, an anonymous visitor's, goes on in another: it is over, and nobody writes into it any more. What
-- was owed in it has been carried over before, so it must stand as it was then.
-- ARGV 2 how it stood  3 id and 4 body (JSON) of `released`, told where somebody held it  5 id and 6 body of `linked`
-- Returns {'ok'|'moved', epoch, seq, state}: `moved` if it stands otherwise by now
local c, made = change(ARGV[5])
if made or c.status == 'linked' then return outcome('ok', c) end
if state(c) ~= ARGV[2] then return outcome('moved', c) end
local t, former = now(), c.owner
c.owner, c.status, c.waiting, c.unread = '', 'linked', '0', 0
redis.call('HDEL', meta, 'asked')
if former ~= '' then write(c, 'released', former, 'a', ARGV[3], ARGV[4], t) end
write(c, 'linked', '', 'a', ARGV[5], ARGV[6], t)
index(c, t)
return outcome('ok', c)
