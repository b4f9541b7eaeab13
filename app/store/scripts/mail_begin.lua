-- Which messages the next letter tells of. One that may have been sent, as nobody knows who was killed before they could
-- say so, is the same letter again: up to the same message, by which it is named.
-- KEYS 1 the token (hash)  2 the conversation's tokens (hash)  3 the link that stops letters
-- ARGV 1 epoch  2 how long a token lives, s  3 how long KEYS 3 is kept, s  4 fence of who sends it
--      5... seqs of the messages that wait, ascending
-- Returns {seq of the last message it tells of, that of the letter before, 0 for none} | {0} where the token is revoked
local epoch, first, through = ARGV[1], tonumber(ARGV[5]), tonumber(ARGV[#ARGV])
if redis.call('EXISTS', KEYS[1]) == 0 then return {0} end
local kept = redis.call('HMGET', KEYS[1], 'epoch', 'tried', 'before', 'since')
local tried, before = tonumber(kept[2]) or 0, tonumber(kept[3]) or 0
if kept[1] ~= epoch then
  tried, before = 0, 0
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'since', first)
elseif first < tonumber(kept[4]) then
  redis.call('HSET', KEYS[1], 'since', first)
end
-- It is known what came of the one tried last where its last message waits no more. Though earlier ones may, that were
-- given up and then asked for again: under its name most mailboxes would not show them.
local settled = true
for i = 5, #ARGV do settled = settled and tonumber(ARGV[i]) ~= tried end
if settled then
  before, tried = tried, through
  redis.call('HSET', KEYS[1], 'tried', tried, 'before', before, 'first_by', ARGV[4])
else
  redis.call('HDEL', KEYS[1], 'first_by')
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
redis.call('EXPIRE', KEYS[3], ARGV[3])
return {tried, before}
