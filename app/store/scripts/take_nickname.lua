-- Log a visitor in by the first of several nicknames that is theirs, or free: it belongs to whoever took it first, until
-- they log out or are long unseen.
-- KEYS 1 nicknames (hash)  2 the new visitor (hash)  3 the visitor who asks, if known (hash), else as 2
-- ARGV 1 name  2 uid for a new visitor  3 uid of who asks, or ''  4 now, unix ms  5 ms unseen after which a nickname is
--      free  6 until when a new visitor must have been seen or have begun to use the session, unix ms, 0: no matter
--      7, 8 prefixes of visitors' keys, of those of their sessions  9.. nicknames, each with its folded form
-- Returns {'taken'} | {uid, nickname}
local name, new, current, now, prove_by = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[6]

local function free(owner)
  local found = redis.call('HMGET', ARGV[7] .. owner, 'seen', 'prove_by')
  local seen, by = tonumber(found[1] or 0), tonumber(found[2] or 0)
  if tonumber(now) - seen >= tonumber(ARGV[5]) then return true end
  return by > 0 and seen <= by and tonumber(now) > by and redis.call('EXISTS', ARGV[8] .. owner) == 0
end

for i = 9, #ARGV, 2 do
  local nickname, fold = ARGV[i], ARGV[i + 1]
  local owner = redis.call('HGET', KEYS[1], fold)
  if owner and owner == current then
    redis.call('HSET', KEYS[3], 'nickname', nickname, 'name', name, 'enter_at', now, 'seen', now)
    return {current, nickname}
  end
  if not owner or free(owner) then
    redis.call('HSET', KEYS[2], 'nickname', nickname, 'fold', fold, 'name', name,
      'enter_at', now, 'first_seen', now, 'seen', now, 'prove_by', prove_by)
    redis.call('HSET', KEYS[1], fold, new)
    return {new, nickname}
  end
end
return {'taken'}
