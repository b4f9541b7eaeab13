-- A visitor who is let back in has their name again, unless somebody else has it by now.
-- KEYS 1 nicknames (hash)  2 the visitor (hash)
-- ARGV 1 uid
-- Returns 1 if the name is theirs, else 0
local fold = redis.call('HGET', KEYS[2], 'fold')
if not fold then return 0 end
local owner = redis.call('HGET', KEYS[1], fold)
if not owner then redis.call('HSET', KEYS[1], fold, ARGV[1]) end
return (not owner or owner == ARGV[1]) and 1 or 0
