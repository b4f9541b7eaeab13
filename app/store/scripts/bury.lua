#!lua flags=allow-oom
-- Declare a node dead, if its counter still stands where the observer saw it. Who was on it is then made to depart.
-- KEYS 1 nodes (hash)  2 node (set)
-- ARGV 1 boot id  2 counter seen
-- Returns who is still on it; once that is empty, the node is forgotten
local counter = redis.call('HGET', KEYS[1], ARGV[1])
if not counter or (counter ~= 'dead' and counter ~= ARGV[2]) then return {} end
local left = redis.call('SMEMBERS', KEYS[2])
if #left == 0 then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], 'dead')
end
return left
