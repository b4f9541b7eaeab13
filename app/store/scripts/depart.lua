#!lua flags=allow-oom
-- A visitor is no longer on a node: they closed the page, or the node is dead. `left` is told once, after the last node.
-- KEYS 6 node (set)  7 present (hash)
-- ARGV 2 id  3 body (JSON) of `left`
-- Returns {'ok', epoch, seq, state}
local c = open()
if redis.call('SREM', KEYS[6], uid) == 1 and redis.call('HINCRBY', KEYS[7], uid, -1) <= 0 then
  redis.call('HDEL', KEYS[7], uid)
  local t = now()
  write(c, 'left', uid, 'v', ARGV[2], ARGV[3], t, 'left', t)
  redis.call('ZADD', all, t, uid)
end
return outcome('ok', c)
