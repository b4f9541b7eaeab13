-- Begin a session, or change one that has not ended: both its fields and its end, which only moves on.
-- KEYS 1 the session (hash)  2 the hashes of this person's sessions (set)
-- ARGV 1 its hash  2 when it ends, unix ms  3 '1': begin it  4.. fields and values
-- Returns 1, or 0 where there is none to change
local session, all, ends = KEYS[1], KEYS[2], ARGV[2]
if ARGV[3] ~= '1' and redis.call('EXISTS', session) == 0 then return 0 end
if ARGV[4] then redis.call('HSET', session, unpack(ARGV, 4)) end
if redis.call('PEXPIRETIME', session) >= tonumber(ends) then return 1 end
redis.call('HSET', session, 'expires_at', ends)
redis.call('PEXPIREAT', session, ends)
-- Of those that have ended more go than come, eight looked at each time: of somebody who comes every day as well.
if ARGV[3] == '1' then
  local prefix = string.sub(session, 1, -#ARGV[1] - 1)
  for _, hash in ipairs(redis.call('SRANDMEMBER', all, 8)) do
    if redis.call('EXISTS', prefix .. hash) == 0 then redis.call('SREM', all, hash) end
  end
end
redis.call('SADD', all, ARGV[1])
-- The index outlives its longest session, and no longer.
if redis.call('PEXPIRETIME', all) < tonumber(ends) then redis.call('PEXPIREAT', all, ends) end
return 1
