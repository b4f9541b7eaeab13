#!lua flags=allow-oom
-- A visitor logs out: their name is free, unless somebody else has it by now. The conversation stays.
-- KEYS 1 nicknames (hash)  2 the visitor (hash)
-- ARGV 1 uid
-- Returns 1 if the name was theirs, else 0
local fold = redis.call('HGET', KEYS[2], 'fold')
if not fold or redis.call('HGET', KEYS[1], fold) ~= ARGV[1] then return 0 end
return redis.call('HDEL', KEYS[1], fold)
