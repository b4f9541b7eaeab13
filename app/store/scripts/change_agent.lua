-- Change an agent who is still as the caller saw them, as long as an administrator who can log in is left.
-- KEYS 1 agents (hash)
-- ARGV 1 uid  2 JSON the caller saw  3 JSON wanted  4 '1': even if no administrator is left
-- Returns 'ok' | 'changed' | 'last_admin'
local function manages(json)
  local agent = cjson.decode(json)
  return agent.role == 'admin' and not agent.disabled and not agent.invited
end
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 'changed' end
if ARGV[4] ~= '1' and manages(ARGV[2]) and not manages(ARGV[3]) then
  local left = false
  local all = redis.call('HGETALL', KEYS[1])
  for i = 1, #all, 2 do left = left or (all[i] ~= ARGV[1] and manages(all[i + 1])) end
  if not left then return 'last_admin' end
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
