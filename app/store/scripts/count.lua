-- Count something that is forgotten some time after it was counted first.
-- KEYS 1 the count (string)
-- ARGV 1 that time, ms
-- Returns the count
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return count
