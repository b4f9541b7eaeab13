-- Take a lease, renew it, or give it up; nothing where another has it.
-- KEYS 1 the lease (string, expiring): who has it
-- ARGV 1 who asks  2 for how long, ms; 0 gives it up
-- Returns 1, or 0 where another has it
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
