-- Take a lease, renew it, or give it up; nothing where another has it.
-- KEYS 1 the lease (string, expiring): who has it
-- ARGV 1 who asks  2 for how long, ms; 0 gives it up
-- Returns 1, or 0 where another has it
return lease()
