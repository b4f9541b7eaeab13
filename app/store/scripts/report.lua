-- Add what a batch of one conversation's log amounts to, exactly once: only if nobody has added it meanwhile.
-- KEYS 1 place (string)  2 episodes (list)  3... counts of a day (hashes)
-- ARGV 1 the place that was read, '' for none  2 the new place  3 how many episodes  4... each of them, oldest first
--      then for each count: which of KEYS, field, amount; last, for each of KEYS from the third on, when it expires (unix s)
-- Returns 1, or 0 if the place was another
local EPISODES_KEPT = 100
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
local episodes, days = tonumber(ARGV[3]), #KEYS - 2
for at = 4, 3 + episodes do redis.call('LPUSH', KEYS[2], ARGV[at]) end
if episodes > 0 then redis.call('LTRIM', KEYS[2], 0, EPISODES_KEPT - 1) end
for at = 4 + episodes, #ARGV - days, 3 do
  redis.call('HINCRBY', KEYS[tonumber(ARGV[at])], ARGV[at + 1], ARGV[at + 2])
end
for day = 1, days do redis.call('EXPIREAT', KEYS[2 + day], ARGV[#ARGV - days + day]) end
redis.call('SET', KEYS[1], ARGV[2])
return 1
