-- Give the shop or an agent another face, or none; the picture there was goes. Repeated it changes nothing.
-- KEYS 1 faces (hash)
-- ARGV 1 whose  2 id, or '' for none  3 picture  4 what the key of a picture begins with
local whose, id = ARGV[1], ARGV[2]
local former = redis.call('HGET', KEYS[1], whose)
if id == '' then
  redis.call('HDEL', KEYS[1], whose)
else
  redis.call('SET', ARGV[4] .. id, ARGV[3])
  redis.call('HSET', KEYS[1], whose, id)
end
if former and former ~= id then redis.call('DEL', ARGV[4] .. former) end
