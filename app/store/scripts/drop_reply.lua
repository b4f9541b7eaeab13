-- Delete a canned reply.
-- KEYS 1 replies (hash)  2 shortcuts (hash)
-- ARGV 1 id  2 shortcut, folded
-- Returns 1, or 0 where it was gone
if redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[1] then redis.call('HDEL', KEYS[2], ARGV[2]) end
return redis.call('HDEL', KEYS[1], ARGV[1])
