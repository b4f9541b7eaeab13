-- A visitor looks at more pages of the shop, where it may be known at which.
-- KEYS 1 trail (list, the oldest first)
-- ARGV 1 '1' where it may be known from now on, '0' where it is only if it was before  2 how many are kept
-- 3 for how long, ms  4... pages (JSON)
local shard, uid = string.match(KEYS[1], '^(.*):c:(%w+):p$')
if redis.call('HEXISTS', shard .. ':erased', redis.sha1hex(uid)) == 1 then return end -- they were erased
if ARGV[1] == '0' and redis.call('EXISTS', KEYS[1]) == 0 then return end
local function page(item) return item and cjson.decode(item).page end
local last = page(redis.call('LINDEX', KEYS[1], -1))
for i = 4, #ARGV do
  local now = page(ARGV[i])
  if now ~= last then redis.call('RPUSH', KEYS[1], ARGV[i]) end
  last = now
end
redis.call('LTRIM', KEYS[1], -ARGV[2], -1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
