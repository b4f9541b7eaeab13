-- Put a tag on a conversation, or take one off.
-- KEYS 6 tags in use (hash: tag -> on how many)  7 conversations with this tag (sorted set, score: when)
-- ARGV 2 agent  3 '+' or '-'  4 tag (no line break)  5 most tags of a conversation  6 id  7 body (JSON) of `tagged`,
--      to which all tags are added
-- Returns {'ok'|'kept'|'full', epoch, seq, state}: `kept` if nothing changed
local adds, tag = ARGV[3] == '+', ARGV[4]
local c, made, known = change(ARGV[6], 'tags')
if made then return outcome('ok', c) end
local tags, had = {}, false
for item in string.gmatch(known or '', '[^\n]+') do
  if item == tag then had = true else tags[#tags + 1] = item end
end
if had == adds then return outcome('kept', c) end
if adds then
  if #tags >= tonumber(ARGV[5]) then return outcome('full', c) end
  tags[#tags + 1] = tag
end
local t = now()
local list = #tags > 0 and cjson.encode(tags) or '[]'
local body = string.sub(ARGV[7], 1, -2) .. ',"tags":' .. list .. '}'
write(c, 'tagged', ARGV[2], 'a', ARGV[6], body, t, 'tags', table.concat(tags, '\n'))
if adds then
  redis.call('ZADD', KEYS[7], t, uid)
  redis.call('HINCRBY', KEYS[6], tag, 1)
else
  redis.call('ZREM', KEYS[7], uid)
  if redis.call('HINCRBY', KEYS[6], tag, -1) <= 0 then redis.call('HDEL', KEYS[6], tag) end
end
return outcome('ok', c)
