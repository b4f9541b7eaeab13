#!lua flags=allow-oom
-- Have the store be written in a newer format from now on, if every node that lives can write it.
-- KEYS 1 store (hash)  2 nodes (hash)  3 formats (hash)  4 feed
-- ARGV 1 the format  then of each node that was watched and is dead  2 boot id  3 where its heartbeat counter stands
-- Returns the boot ids of the nodes that live and cannot write it: then nothing was done. Those that are dead are given
-- up with the same step, so that one that only stood still begins anew, and is refused.
local format, dead, older = tonumber(ARGV[1]), {}, {}
for i = 2, #ARGV, 2 do dead[ARGV[i]] = ARGV[i + 1] end
local nodes = redis.call('HGETALL', KEYS[2])
for i = 1, #nodes, 2 do
  local newest = tonumber(string.match(redis.call('HGET', KEYS[3], nodes[i]) or '0', '^%d+'))
  if newest < format then
    if nodes[i + 1] ~= 'dead' and nodes[i + 1] ~= dead[nodes[i]] then
      older[#older + 1] = nodes[i]
    else
      dead[nodes[i]] = 'dead'
    end
  end
end
if #older > 0 then return older end
for boot, standing in pairs(dead) do
  if standing == 'dead' then redis.call('HSET', KEYS[2], boot, 'dead') end
end
redis.call('HDEL', KEYS[1], 'all_newer')
if format > tonumber(redis.call('HGET', KEYS[1], 'format') or '0') then
  redis.call('HSET', KEYS[1], 'format', ARGV[1])
  announce(KEYS[4], '', '0', 'format.raised', '', 's', '{"format":' .. ARGV[1] .. '}', '')
end
return older
