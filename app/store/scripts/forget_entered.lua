#!lua flags=allow-oom
-- Forget what a visitor entered and what the shop said of them, unless they were here since.
-- KEYS 1 the visitor (hash)
-- ARGV 1 since when, unix ms
-- Returns how many fields went
if tonumber(redis.call('HGET', KEYS[1], 'seen') or 0) >= tonumber(ARGV[1]) then return 0 end
return redis.call('HDEL', KEYS[1], 'email', 'fields', 'identity', 'context', 'mail')
