#!lua flags=no-writes
-- Where messages of an index are, by their numbers in it.
-- KEYS 1 documents (string)  2 numbers (hash)
-- ARGV numbers of messages
-- Returns for each {uid, seq}, or nothing where its conversation was indexed anew
local found = {}
for i, place in ipairs(ARGV) do
  local raw = redis.call('GETRANGE', KEYS[1], place * 8, place * 8 + 7)
  found[i] = false
  if #raw == 8 then
    local number, seq = struct.unpack('>I4I4', raw)
    local uid = redis.call('HGET', KEYS[2], number)
    if uid then found[i] = {uid, seq} end
  end
end
return found
