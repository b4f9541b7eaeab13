-- A visitor entered who they are, or what else the shop asks for.
-- ARGV 2 checksum of all they entered by now  3 id  4 body (JSON) of `form`
-- Returns {'ok'|'kept'|'blocked', epoch, seq, state}: `kept` where that is what was told last, as in a repeat
local c, made, last = change(ARGV[3], 'form')
if made then return outcome('ok', c) end
if c.status == 'blocked' then return outcome('blocked', c) end
if last == ARGV[2] then return outcome('kept', c) end
local t = now()
write(c, 'form', uid, 'v', ARGV[3], ARGV[4], t, 'form', ARGV[2])
redis.call('ZADD', all, t, uid)
return outcome('ok', c)
