-- Index people by what they are called: anew where that is another, and the newest document is the one that counts.
-- KEYS 1 known (hash)  2 documents (string)  3 used (bitmap)  4 what the buckets' keys begin with
-- ARGV of each: uid (26 bytes), checksum of what they are called, how many buckets, these
local known, documents, used, prefix = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local i = 1
while i < #ARGV do
  local uid, sum, last = ARGV[i], ARGV[i + 1], i + 2 + ARGV[i + 2]
  local before = redis.call('HGET', known, uid)
  if not before or string.match(before, ':(%d+)$') ~= sum then
    local number = redis.call('STRLEN', documents) / #uid
    redis.call('APPEND', documents, uid)
    for bucket = i + 3, last do
      if redis.call('APPEND', prefix .. ARGV[bucket], struct.pack('>I4', number)) == 4 then
        redis.call('SETBIT', used, ARGV[bucket], 1)
      end
    end
    redis.call('HSET', known, uid, string.format('%d:%s', number, sum))
  end
  i = last + 1
end
