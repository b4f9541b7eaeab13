-- A visitor who is let back in has their name again, unless somebody else has it by now: then another, if any is given.
-- KEYS 1 nicknames (hash)  2 the visitor (hash)
-- ARGV 1 uid  2.. nicknames, each with its folded form
-- Returns 1 if they have one, else 0
local uid, fold = ARGV[1], redis.call('HGET', KEYS[2], 'fold')
if not fold then return 0 end
local owner = redis.call('HGET', KEYS[1], fold)
if not owner then redis.call('HSET', KEYS[1], fold, uid) end
if not owner or owner == uid then return 1 end
for i = 2, #ARGV, 2 do
  if redis.call('HSETNX', KEYS[1], ARGV[i + 1], uid) == 1 then
    redis.call('HSET', KEYS[2], 'nickname', ARGV[i], 'fold', ARGV[i + 1])
    return 1
  end
end
return 0
