-- A visitor's address, and that they agree to be written to there; or that there is none. What the shop vouches for stays.
-- KEYS 1 the visitor (hash)
-- ARGV 1 address, '' for none  2 what is kept of that they agree (JSON)
-- Returns 1, or 0 where the shop vouches for another address
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end -- who was erased meanwhile
local identity = cjson.decode(redis.call('HGET', KEYS[1], 'identity') or '{}')
if identity.email and identity.email ~= ARGV[1] then return 0 end
if ARGV[1] == '' then
  redis.call('HDEL', KEYS[1], 'email', 'mail')
else
  redis.call('HSET', KEYS[1], 'email', ARGV[1], 'mail', ARGV[2])
end
return 1
