-- A visitor is here, on one node. Told once, however many nodes and connections.
-- KEYS 6 node (set)  7 present (hash)
-- ARGV 2 id  3 body (JSON) of `entered`
-- Returns {'ok', epoch, seq, state}
local c = open()
if redis.call('SADD', KEYS[6], uid) == 1 and redis.call('HINCRBY', KEYS[7], uid, 1) == 1 then
  local t = now()
  write(c, 'entered', uid, 'v', ARGV[2], ARGV[3], t)
  redis.call('ZADD', all, t, uid)
end
return outcome('ok', c)
