#!lua flags=allow-oom
-- A node has no plain connection of the holder any more: the last node gives back the claim that the first one took.
-- KEYS 6 nodes (hash)
-- ARGV 2 holder  3 boot id of the node  4 id and 5 body of `released`
-- Returns {'ok'|'held'|'present', epoch, seq, state}: `held` otherwise than by such a connection of theirs, `present` on
-- another node, which may be dead without anybody knowing yet
local holder, boot = ARGV[2], ARGV[3]
local c, made = change(ARGV[4])
if made then return outcome('ok', c) end
local fence, nodes = string.match(redis.call('HGET', meta, 'plain') or '', '^(%d+)(.*)$')
if c.owner ~= holder or fence ~= text(c.fence) then return outcome('held', c) end
local others = ''
for node in string.gmatch(nodes, '%S+') do
  local counter = node ~= boot and redis.call('HGET', KEYS[6], node)
  if counter and counter ~= 'dead' then others = others .. ' ' .. node end
end
if others ~= '' then
  if others ~= nodes then redis.call('HSET', meta, 'plain', fence .. others) end
  return outcome('present', c)
end
redis.call('HDEL', meta, 'plain')
return give_back(c, holder, ARGV[4], ARGV[5])
