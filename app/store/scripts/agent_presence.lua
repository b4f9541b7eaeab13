#!lua flags=allow-oom
-- An agent came to a node or went from it. Every shard keeps it, so that a claim's script can see it; one shard tells it.
-- KEYS 1 feed  2 node (set)  3 present (hash)
-- ARGV 1 agent  2 '1' came, '0' went  3 '1' to tell  4 body (JSON)
-- Returns 1 if the agent's presence changed, else 0
local agent, came, kind = ARGV[1], ARGV[2] == '1', 'agent.online'
if came then
  if redis.call('SADD', KEYS[2], agent) == 0 or redis.call('HINCRBY', KEYS[3], agent, 1) ~= 1 then return 0 end
else
  if redis.call('SREM', KEYS[2], agent) == 0 or redis.call('HINCRBY', KEYS[3], agent, -1) > 0 then return 0 end
  redis.call('HDEL', KEYS[3], agent)
  kind = 'agent.offline'
end
if ARGV[3] == '1' then
  announce(KEYS[1], '', '0', kind, agent, 'a', ARGV[4], '')
end
return 1
