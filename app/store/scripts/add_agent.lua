-- Add an agent, or change one: a name belongs to one agent.
-- KEYS 1 agents (hash)  2 agent names (hash)
-- ARGV 1 uid  2 folded name  3 JSON  4 '1': only while there is no agent at all (the first administrator)
-- Returns 1, or 0 where the name is another agent's, or there is an agent already
if ARGV[4] == '1' and redis.call('HLEN', KEYS[1]) > 0 then return 0 end
local owner = redis.call('HGET', KEYS[2], ARGV[2])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
