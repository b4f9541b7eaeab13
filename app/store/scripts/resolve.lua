-- Close a conversation: nobody holds it, nobody waits. The visitor's next message opens it again.
-- ARGV 2 holder meant ('' if nobody holds it)  3 agent who resolves  4 id  5 body
-- Returns {'ok', epoch, seq, state} | {'held', epoch, seq, state} where another holds it
local c, made, closed = change(ARGV[4], 'closed')
if made then return outcome('ok', c) end
if c.status == 'resolved' or c.status == 'blocked' or c.status == 'linked' then return outcome('ok', c) end
if c.owner ~= ARGV[2] then return outcome('held', c) end
local agent = c.owner ~= '' and c.owner or ARGV[3]
c.owner, c.status, c.waiting, c.unread = '', 'resolved', '0', 0
redis.call('HDEL', meta, 'asked')
local t = now()
write(c, 'resolved', ARGV[3], 'a', ARGV[4], ARGV[5], t)
-- What its visitor may rate (rate.lua): that of an agent, and nothing anew where nothing was said since.
local said = tonumber(redis.call('HGET', meta, 'message') or 0)
if said > tonumber(string.match(closed or '0', '^%d+')) then redis.call('HSET', meta, 'closed', text(c.seq) .. '|' .. agent) end
index(c, t)
return outcome('ok', c)
