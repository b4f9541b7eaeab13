-- Keep something of a visitor, where there is one: not of who was erased.
-- KEYS 1 the visitor (hash)
-- ARGV fields and values
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('HSET', KEYS[1], unpack(ARGV)) end
