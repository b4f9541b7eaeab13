-- Keep what a visitor is called and entered. What the shop vouches for stays.
-- KEYS 1 the visitor (hash)
-- ARGV 1 name  2 address  3 what else they entered  4 what they agreed to of mail (both JSON); each '' where nothing is
--      to be changed
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end -- who was erased meanwhile
local identity = cjson.decode(redis.call('HGET', KEYS[1], 'identity') or '{}')
local function keep(field, value)
  if value ~= '' and not identity[field] then redis.call('HSET', KEYS[1], field, value) end
end
keep('name', ARGV[1])
keep('email', ARGV[2])
keep('fields', ARGV[3])
keep('mail', ARGV[4])
return 1
