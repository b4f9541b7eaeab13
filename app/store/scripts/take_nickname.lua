-- Log a visitor in by nickname: it belongs to whoever took it first, until they log out or are long unseen.
-- KEYS 1 nicknames (hash)  2 the new visitor (hash)  3 the visitor who asks, if known (hash), else as 2
-- ARGV 1 nickname  2 its folded form  3 uid for a new visitor  4 uid of who asks, or ''  5 now, unix ms
--      6 ms unseen after which a name is free  7 prefix of visitors' keys
-- Returns {'taken'} | {uid, enter_at}
local nickname, fold, new, current, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local owner = redis.call('HGET', KEYS[1], fold)
if owner and owner == current then
  redis.call('HSET', KEYS[3], 'nickname', nickname, 'enter_at', now, 'seen', now)
  return {current, now}
end
if owner then
  local seen = tonumber(redis.call('HGET', ARGV[7] .. owner, 'seen') or 0)
  if tonumber(now) - seen < tonumber(ARGV[6]) then return {'taken'} end
end
redis.call('HSET', KEYS[2], 'nickname', nickname, 'fold', fold, 'enter_at', now, 'first_seen', now, 'seen', now)
redis.call('HSET', KEYS[1], fold, new)
return {new, now}
