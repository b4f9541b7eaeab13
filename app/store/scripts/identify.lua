-- The visitor whom the shop knows as somebody is whoever was that first, and nobody else later.
-- KEYS 1 by what the shop knows customers (hash)  2 the visitor (hash) who becomes them, if nobody is
-- ARGV 1 SHA-256 of it  2 uid of that visitor
-- Returns the uid of who they are; '' where that would be the visitor, who is somebody else already, or nobody's
local owner = redis.call('HGET', KEYS[1], ARGV[1])
if owner then return owner end
local nickname, sub, linked = unpack(redis.call('HMGET', KEYS[2], 'nickname', 'sub', 'linked_to'))
if not nickname or sub or linked then return '' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('HSET', KEYS[2], 'sub', ARGV[1])
return ARGV[2]
