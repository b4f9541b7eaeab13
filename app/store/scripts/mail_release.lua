-- A letter was certainly not sent: the next one may tell of more. Unless it was tried before, and may have been sent then.
-- KEYS 1 the token (hash)
-- ARGV 1 epoch  2 seq of the last message it told of  3 fence of who tried it
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'tried', 'first_by', 'before')
if kept[1] == ARGV[1] and kept[2] == ARGV[2] and kept[3] == ARGV[3] then
  redis.call('HSET', KEYS[1], 'tried', kept[4])
end
