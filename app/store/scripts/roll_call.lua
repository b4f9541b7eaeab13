#!lua flags=allow-oom
-- Somebody's last connection on a node has closed. The word of the other nodes for them is taken back, since one may be
-- dead and not yet found out; they are asked to give it anew, which who lives does before this node's word ends.
-- KEYS 1 feed  2 present (hash)  3 node (set)  4... the other nodes (sets)
-- ARGV 1 uid  2 role  3 body (JSON) of what asks
-- Returns how many other nodes are asked; none where this one's own word was taken back: another asks already
local uid, asked = ARGV[1], 0
if redis.call('SISMEMBER', KEYS[3], uid) == 0 then return 0 end
for i = 4, #KEYS do asked = asked + redis.call('SREM', KEYS[i], uid) end
if asked > 0 then
  redis.call('HINCRBY', KEYS[2], uid, -asked)
  announce(KEYS[1], '', '0', 'roll_call', uid, ARGV[2], ARGV[3], '')
end
return asked
