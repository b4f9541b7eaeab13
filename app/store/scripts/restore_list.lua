-- A list that is being restored is this one. Given again it still is.
-- KEYS 1 list
-- ARGV 1 when it is forgotten, unix ms, 0 for never  2... items
redis.call('DEL', KEYS[1])
for i = 2, #ARGV do redis.call('RPUSH', KEYS[1], ARGV[i]) end
if ARGV[1] ~= '0' then redis.call('PEXPIREAT', KEYS[1], ARGV[1]) end
