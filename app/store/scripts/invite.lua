-- What the shop said to somebody who looked at its pages, before what they answer.
-- ARGV 2 the agent who said it, or ''  3 id  4 body (JSON) of `invited`
-- Returns {'ok'|'blocked', epoch, seq, state}
local c, made = change(ARGV[3])
if made then return outcome('ok', c) end
if c.status == 'blocked' then return outcome('blocked', c) end
local t = now()
write(c, 'invited', ARGV[2], 'a', ARGV[3], ARGV[4], t)
redis.call('ZADD', all, t, uid)
return outcome('ok', c)
