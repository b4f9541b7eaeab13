-- Whoever reads at a visitor's address wants no mail.
-- KEYS 1 the visitor (hash)
-- ARGV 1 which address
-- Returns 1, or 0 where theirs is another
local email, kept = unpack(redis.call('HMGET', KEYS[1], 'email', 'mail'))
if email ~= ARGV[1] then return 0 end
local mail = cjson.decode(kept or '{}')
if mail.email ~= email then mail = {email = email, bounced = mail.bounced} end
mail.stopped = true
redis.call('HSET', KEYS[1], 'mail', cjson.encode(mail))
return 1
