#!lua flags=allow-oom
-- Forget visitors, last of all that is known of them; and note by what they are found until it is gone from disk, too.
-- All that one person is in one step: else whoever was killed in between would leave somebody whom nobody finds.
-- KEYS 1 nicknames (hash)  2 by what the shop knows customers (hash)  3 digests of who is erased, but for the disk (set)
--      then of each visitor: their hash, the hashes of their sessions (set), tokens of letters (hash)
-- ARGV the uid of each, then digests
local count = (#KEYS - 3) / 3
for n = 1, count do
  local own = 3 * n + 1
  for i, field in ipairs(redis.call('HMGET', KEYS[own], 'fold', 'sub')) do
    if field and redis.call('HGET', KEYS[i], field) == ARGV[n] then redis.call('HDEL', KEYS[i], field) end
  end
  redis.call('UNLINK', KEYS[own], KEYS[own + 1], KEYS[own + 2])
end
redis.call('SADD', KEYS[3], unpack(ARGV, count + 1))
