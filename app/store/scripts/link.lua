-- Let what an anonymous visitor wrote be linked to a known one, once for all; and, later, keep where the latter's log
-- says so. Whoever adopts an anonymous visitor does that in a script too, on the same keys: so it is one or the other.
-- KEYS 1 the anonymous visitor (hash)  2 the known one (hash)
-- ARGV 1, 2 their uids  3 seq of `linked` in the log of the known one, 0 while it is not written  4 since when, unix ms
--      5 how many are kept at most
-- Returns 1 | 0 where the anonymous one is somebody already, or the known one is nobody
local anonymous, known, seq, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[5])
local theirs = redis.call('HMGET', KEYS[1], 'nickname', 'sub', 'linked_to')
local mine = redis.call('HMGET', KEYS[2], 'sub', 'linked')
if not theirs[1] or theirs[2] or (theirs[3] and theirs[3] ~= known) or not mine[1] then return 0 end

local linked, place = mine[2] and cjson.decode(mine[2]) or {}
for _, one in ipairs(linked) do
  if one.uid == anonymous then place = one end
end
if not place then
  place = {uid = anonymous, seq = 0, at = 0}
  linked[#linked + 1] = place
end
if seq > 0 then place.seq, place.at = seq, tonumber(ARGV[4]) end
while #linked > most do table.remove(linked, 1) end
redis.call('HSET', KEYS[1], 'linked_to', known)
redis.call('HSET', KEYS[2], 'linked', cjson.encode(linked))
return 1
