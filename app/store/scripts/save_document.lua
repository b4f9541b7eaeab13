-- Replace a document, if nobody has changed it since the caller looked.
-- KEYS 1 document (hash)
-- ARGV 1 version the caller saw  2 all of the new one (JSON)  3 by whom (uid)
-- Returns the new version, or 0 where there is another one than the caller saw
local version = tonumber(redis.call('HGET', KEYS[1], 'version') or 0)
if version ~= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', version + 1, 'document', ARGV[2], 'by', ARGV[3])
return version + 1
