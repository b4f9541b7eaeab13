-- A visitor entered who they are, or what else the shop asks for; or the shop says it of them.
-- ARGV 2 kind: form, or identified  3 checksum of all that was said so by now  4 id  5 body (JSON)
-- Returns {'ok'|'kept'|'blocked', epoch, seq, state}: `kept` where that is what was told last, as in a repeat
local kind = ARGV[2]
local c, made, last = change(ARGV[4], kind)
if made then return outcome('ok', c) end
if c.status == 'blocked' then return outcome('blocked', c) end
if last == ARGV[3] then return outcome('kept', c) end
local t = now()
write(c, kind, uid, 'v', ARGV[4], ARGV[5], t, kind, ARGV[3])
redis.call('ZADD', all, t, uid)
return outcome('ok', c)
