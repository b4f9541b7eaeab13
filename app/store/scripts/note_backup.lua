#!lua flags=allow-oom
-- Note what is known of backups, in a store that is full, too.
-- KEYS 1 backups (hash)
-- ARGV 1 how many fields go  2... those, then fields and values
local gone = tonumber(ARGV[1])
if gone > 0 then redis.call('HDEL', KEYS[1], unpack(ARGV, 2, 1 + gone)) end
redis.call('HSET', KEYS[1], unpack(ARGV, 2 + gone))
