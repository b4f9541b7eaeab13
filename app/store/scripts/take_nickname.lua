-- Log a visitor in by the first of several nicknames that is theirs, or free: it belongs to whoever took it first, until
-- they log out or are long unseen.
-- KEYS 1 nicknames (hash)  2 the new visitor (hash)  3 the visitor who asks, if known (hash), else as 2
-- ARGV 1 name  2 uid for a new visitor  3 uid of who asks, or ''  4 now, unix ms  5 ms unseen after which a nickname is
--      free  6 prefix of visitors' keys  7.. nicknames, each with its folded form
-- Returns {'taken'} | {uid, nickname}
local name, new, current, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function free(owner)
  local seen = tonumber(redis.call('HGET', ARGV[6] .. owner, 'seen') or 0)
  return tonumber(now) - seen >= tonumber(ARGV[5])
end

for i = 7, #ARGV, 2 do
  local nickname, fold = ARGV[i], ARGV[i + 1]
  local owner = redis.call('HGET', KEYS[1], fold)
  if owner and owner == current then
    redis.call('HSET', KEYS[3], 'nickname', nickname, 'name', name, 'enter_at', now, 'seen', now)
    return {current, nickname}
  end
  if not owner or free(owner) then
    redis.call('HSET', KEYS[2], 'nickname', nickname, 'fold', fold, 'name', name,
      'enter_at', now, 'first_seen', now, 'seen', now)
    redis.call('HSET', KEYS[1], fold, new)
    return {new, nickname}
  end
end
return {'taken'}
