#!lua flags=allow-oom
-- A snoozed conversation whose moment has come waits again. Whoever asks first tells it, once.
-- KEYS 6 snoozed (sorted set)
-- ARGV 2 id  3 body (JSON) of `woke`
-- Returns {'ok'|'early'|'other', epoch, seq, state}: `early` by the store's clock, `other` if it is not snoozed any more
local c, made, due = change(ARGV[2], 'until')
if made then return outcome('ok', c) end
local t = now()
if c.status == 'snoozed' and due and tonumber(due) > tonumber(t) then return outcome('early', c) end
redis.call('ZREM', KEYS[6], uid)
if c.status ~= 'snoozed' then return outcome('other', c) end
c.status, c.waiting = 'waiting', t
write(c, 'woke', '', 'a', ARGV[2], ARGV[3], t)
index(c, t)
return outcome('ok', c)
