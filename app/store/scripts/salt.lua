#!lua flags=allow-oom
-- The salt of who was erased here, made by whoever asks first; a backup asks in a store that is full, too.
-- KEYS 1 erased (hash)
-- ARGV 1 the field it stands in  2 a new one
-- Returns it
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
