-- A letter was certainly not sent: the next one may tell of more.
-- KEYS 1 the token (hash)
-- ARGV 1 epoch  2 seq of the last message it told of
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'tried', 'before')
if kept[1] == ARGV[1] and kept[2] == ARGV[2] then redis.call('HSET', KEYS[1], 'tried', kept[3]) end
