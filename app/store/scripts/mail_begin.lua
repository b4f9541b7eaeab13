-- Which messages the next letter tells of. One that may have been sent, as nobody knows who was killed before they could
-- say so, is the same letter again: up to the same message, by which it is named.
-- KEYS 1 the token (hash)  2 the conversation's tokens (hash)  3 the link that stops letters
-- ARGV 1 epoch  2, 3 seq of the first and the last message that wait  4 how long a token lives, s  5 how long 3 is kept, s
--      6 fence of who sends it
-- Returns {seq of the last message it tells of, that of the letter before, 0 for none} | {0} where the token is revoked
local epoch, first, through = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'tried', 'before')
local tried, before = tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
if kept[1] ~= epoch then
  tried, before = 0, 0
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'since', first)
end
if tried < first then
  before, tried = tried, through
  redis.call('HSET', KEYS[1], 'tried', tried, 'before', before, 'first_by', ARGV[6])
else
  redis.call('HDEL', KEYS[1], 'first_by')
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('EXPIRE', KEYS[2], ARGV[4])
redis.call('EXPIRE', KEYS[3], ARGV[5])
return {math.min(tried, through), before}
