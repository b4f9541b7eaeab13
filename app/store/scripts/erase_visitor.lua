#!lua flags=allow-oom
-- Forget visitors, last of all that is known of them; and note by what they are found until it is gone from disk, too.
-- All that one person is in one step: else whoever was killed in between would leave somebody whom nobody finds.
-- KEYS 1 nicknames (hash)  2 by what the shop knows customers (hash)  3 digests of who is erased, but for the disk (set)
--      4 what the keys of sessions begin with
--      then of each visitor: their hash, the hashes of their sessions (set), tokens of letters (hash)
-- ARGV the uid of each, then digests
local count = (#KEYS - 4) / 3
for n = 1, count do
  local own = 3 * n + 2
  for i, field in ipairs(redis.call('HMGET', KEYS[own], 'fold', 'sub')) do
    if field and redis.call('HGET', KEYS[i], field) == ARGV[n] then redis.call('HDEL', KEYS[i], field) end
  end
  -- One that began since theirs were ended is known by this set alone.
  for _, hash in ipairs(redis.call('SMEMBERS', KEYS[own + 1])) do redis.call('DEL', KEYS[4] .. hash) end
  redis.call('UNLINK', KEYS[own], KEYS[own + 1], KEYS[own + 2])
end
if #ARGV > count then redis.call('SADD', KEYS[3], unpack(ARGV, count + 1)) end
