-- Close a conversation: nobody holds it, nobody waits. The visitor's next message opens it again.
-- ARGV 2 holder meant ('' if nobody holds it)  3 agent who resolves  4 id  5 body
-- Returns {'ok', epoch, seq, state} | {'held', epoch, seq, state} where another holds it
local c, made = change(ARGV[4])
if made then return outcome('ok', c) end
if c.status == 'resolved' or c.status == 'blocked' or c.status == 'linked' then return outcome('ok', c) end
if c.owner ~= ARGV[2] then return outcome('held', c) end
c.owner, c.status, c.waiting, c.unread = '', 'resolved', '0', 0
redis.call('HDEL', meta, 'asked')
local t = now()
write(c, 'resolved', ARGV[3], 'a', ARGV[4], ARGV[5], t)
index(c, t)
return outcome('ok', c)
