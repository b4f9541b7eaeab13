-- Add a canned reply, or change one that is still as the caller saw it. A shortcut belongs to one reply.
-- KEYS 1 replies (hash)  2 shortcuts (hash)
-- ARGV 1 id  2 shortcut, folded  3 JSON, its version one above what the caller saw  4 version the caller saw, 0: a new one
--      5 how many there may be  6 shortcut the caller saw, folded, or ''
-- Returns 'ok' | 'shortcut_taken' | 'too_many_replies' | 'unknown_reply' | 'changed_meanwhile'
local id, shortcut, seen = ARGV[1], ARGV[2], tonumber(ARGV[4])
local old = redis.call('HGET', KEYS[1], id)
if seen > 0 then
  if not old then return 'unknown_reply' end
  if cjson.decode(old).version ~= seen then return 'changed_meanwhile' end
elseif redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[5]) then
  return 'too_many_replies'
end
local owner = redis.call('HGET', KEYS[2], shortcut)
if owner and owner ~= id then return 'shortcut_taken' end
if seen > 0 then redis.call('HDEL', KEYS[2], ARGV[6]) end
redis.call('HSET', KEYS[2], shortcut, id)
redis.call('HSET', KEYS[1], id, ARGV[3])
return 'ok'
