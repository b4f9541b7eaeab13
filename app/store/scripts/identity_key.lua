-- Make a key that a shop signs with, or note that one was used, if nobody has changed it since the caller looked.
-- KEYS 1 keys (hash)
-- ARGV 1 its kid  2 what the caller saw of it (JSON), '' for none  3 what is to be kept (JSON)  4 how many there may be
-- Returns 1, or 0 where it is not as the caller saw, or there are as many already
local keys, kid, seen = KEYS[1], ARGV[1], ARGV[2]
if (redis.call('HGET', keys, kid) or '') ~= seen then return 0 end
if seen == '' and redis.call('HLEN', keys) >= tonumber(ARGV[4]) then return 0 end
redis.call('HSET', keys, kid, ARGV[3])
return 1
