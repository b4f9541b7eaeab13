#!lua flags=allow-oom
-- A node's heartbeat. Observers time how long the counter stands still by their own monotonic clocks, so that no
-- jump of a wall clock makes anybody leave.
-- KEYS 1 nodes (hash)
-- ARGV 1 boot id  2 '1' at the start of a boot
-- Returns every node with its counter, flat; empty if this boot is unknown or buried: begin again under a new one
local boot = ARGV[1]
local counter = redis.call('HGET', KEYS[1], boot)
if counter == 'dead' or (not counter and ARGV[2] ~= '1') then return {} end
redis.call('HINCRBY', KEYS[1], boot, 1)
return redis.call('HGETALL', KEYS[1])
