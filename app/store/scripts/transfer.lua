-- Hand a conversation to a colleague: a private `transferred`, then `claimed` by the new holder, in one step. Where the
-- first is stands in meta, behind its fence: a dashboard shows who handed it on, and why.
-- ARGV 2 holder meant  3 new holder  4 id  5 body of `transferred`  6 id  7 body of `claimed`
-- Returns {'ok', epoch, seq, state} | {'held', epoch, seq, state} where another holds it
local holder, to = ARGV[2], ARGV[3]
local c, made = change(ARGV[4])
if made then return outcome('ok', c) end
if c.owner == to then return outcome('ok', c) end
if c.owner ~= holder then return outcome('held', c) end
local t = now()
c.owner, c.status, c.fence = to, 'held', c.fence + 1
write(c, 'transferred', holder, 'a', ARGV[4], ARGV[5], t, 'handed', c.fence .. ' ' .. c.seq + 1)
write(c, 'claimed', to, 'a', ARGV[6], ARGV[7], t)
index(c, t)
return outcome('ok', c)
