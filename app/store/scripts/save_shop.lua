-- Change some of the shop's own settings, if nobody has changed any since the caller looked.
-- KEYS 1 shop (hash)
-- ARGV 1 version the caller saw  2 JSON of the settings to change  3 by whom (uid)
-- Returns the new version, or 0 where there is another one than the caller saw
local found = redis.call('HMGET', KEYS[1], 'version', 'document')
local version = tonumber(found[1] or 0)
if version ~= tonumber(ARGV[1]) then return 0 end
local document = found[2] and cjson.decode(found[2]) or {}
for name, value in pairs(cjson.decode(ARGV[2])) do document[name] = value end
redis.call('HSET', KEYS[1], 'version', version + 1, 'document', cjson.encode(document), 'by', ARGV[3])
return version + 1
