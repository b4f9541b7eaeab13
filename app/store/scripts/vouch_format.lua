#!lua flags=allow-oom
-- A node says with its heartbeat which formats it can write, and hears in which one the store is written. Since when
-- every node could write a newer one is noted here: each node with every beat says so, or that it is not so.
-- KEYS 1 store (hash)  2 nodes (hash)  3 formats (hash)
-- ARGV 1 boot id  2 newest format it can write  3 what it is (JSON)  4 '1' at the start of a boot
-- Returns the format in force, or nothing in a store that was emptied; since when every node can write this node's
-- newest, where that is newer, else '0'; and the store's time, both unix ms
local boot, newest, t = ARGV[1], tonumber(ARGV[2]), now()
local format = redis.call('HGET', KEYS[1], 'format')
if ARGV[4] == '1' then redis.call('HSETNX', KEYS[2], boot, 0) end
if redis.call('HEXISTS', KEYS[2], boot) == 0 then return {format, '0', t} end -- buried: its heartbeat will be told so
redis.call('HSET', KEYS[3], boot, newest .. '|' .. ARGV[3])

local formats, nodes = redis.call('HGETALL', KEYS[3]), {}
for i = 1, #formats, 2 do
  if redis.call('HEXISTS', KEYS[2], formats[i]) == 1 then
    nodes[formats[i]] = tonumber(string.match(formats[i + 1], '^%d+'))
  else
    redis.call('HDEL', KEYS[3], formats[i])
  end
end
local all = format and newest > tonumber(format)
for _, node in ipairs(redis.call('HKEYS', KEYS[2])) do all = all and nodes[node] and nodes[node] >= newest end
if not all then
  redis.call('HDEL', KEYS[1], 'all_newer')
  return {format, '0', t}
end
redis.call('HSETNX', KEYS[1], 'all_newer', t)
return {format, redis.call('HGET', KEYS[1], 'all_newer'), t}
