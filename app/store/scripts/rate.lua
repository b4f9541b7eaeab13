-- A visitor says how the conversation was that was closed last (resolve.lua): once, and where no comment came with it,
-- one may follow.
-- ARGV 2 '1' for good, '0' for not  3 '1' with a comment, '0' without  4 id  5 body (JSON) of `rated`, to which is added
--      which `resolved` it is of, and the agent whom it is about
-- Returns {'ok'|'none'|'rated', epoch, seq, state}: `none` where nothing is to be rated, `rated` where it was
local c, made, closed = change(ARGV[4], 'closed')
if made then return outcome('ok', c) end
local of, agent = string.match(closed or '', '^(%d+)|(%w+)$')
local found = redis.call('HMGET', meta, 'message', 'rated')
if c.status ~= 'resolved' or not of or tonumber(found[1] or 0) > tonumber(of) then return outcome('none', c) end
local rated, good, commented = string.match(found[2] or '', '^(%d+)|(%d)|(%d)$')
local adds = rated == of
if adds and (good ~= ARGV[2] or commented == '1' or ARGV[3] == '0') then return outcome('rated', c) end
local t, body = now(), string.sub(ARGV[5], 1, -2) .. ',"of":' .. of .. ',"agent":"' .. agent .. '"'
if adds then body = body .. ',"adds":true' end
write(c, 'rated', uid, 'v', ARGV[4], body .. '}', t, 'rated', of .. '|' .. ARGV[2] .. '|' .. ARGV[3])
redis.call('ZADD', all, t, uid)
return outcome('ok', c)
