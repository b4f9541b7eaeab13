-- An address of a visitor's took no mail.
-- KEYS 1 the visitor (hash)
-- ARGV 1 which, why and when (JSON)
-- Returns 1, or 0 where there is no such visitor
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local mail = cjson.decode(redis.call('HGET', KEYS[1], 'mail') or '{}')
mail.bounced = cjson.decode(ARGV[1])
redis.call('HSET', KEYS[1], 'mail', cjson.encode(mail))
return 1
