-- A visitor is here, on one node. Told once, however many nodes and connections.
-- KEYS 5 node (set)  6 present (hash)
-- ARGV 2 id  3 body (JSON) of `entered`
-- Returns {'ok', epoch, seq, state}
local c = open()
if redis.call('SADD', KEYS[5], uid) == 1 and redis.call('HINCRBY', KEYS[6], uid, 1) == 1 then
  write(c, 'entered', uid, 'v', ARGV[2], ARGV[3], now())
end
return outcome('ok', c)
