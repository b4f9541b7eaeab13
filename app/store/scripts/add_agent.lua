-- Add an agent, or change one: a name belongs to one agent.
-- KEYS 1 agents (hash)  2 agent names (hash)  3 the set-up secret, hashed (string)
-- ARGV 1 uid  2 folded name  3 JSON  4 hash of the set-up secret that this uses up, or ''
-- Returns 'ok' | 'taken', where the name is another agent's | 'closed', where the secret is not that one any more
if ARGV[4] ~= '' and redis.call('GET', KEYS[3]) ~= ARGV[4] then return 'closed' end
local owner = redis.call('HGET', KEYS[2], ARGV[2])
if owner and owner ~= ARGV[1] then return 'taken' end
if ARGV[4] ~= '' then redis.call('DEL', KEYS[3]) end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
