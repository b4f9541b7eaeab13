-- The token of the letters to an address about a conversation: the one there is, or a new one.
-- KEYS 1 the conversation's tokens (hash)
-- ARGV 1 uid  2 address  3 its digest  4 a new token  5 what the key of a token begins with  6 how long it lives, s
--      7 key of the link that stops letters with the new token  8 how long that is kept, s
-- Returns the token
local found = redis.call('HGET', KEYS[1], ARGV[3])
if found and redis.call('EXISTS', ARGV[5] .. found) == 1 then return found end
redis.call('HSET', ARGV[5] .. ARGV[4], 'uid', ARGV[1], 'address', ARGV[2])
redis.call('EXPIRE', ARGV[5] .. ARGV[4], ARGV[6])
redis.call('SET', ARGV[7], ARGV[1] .. ' ' .. ARGV[2], 'EX', ARGV[8])
redis.call('HSET', KEYS[1], ARGV[3], ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[6])
return ARGV[4]
