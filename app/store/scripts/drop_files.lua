#!lua flags=allow-oom
-- Forget files of a conversation, those of no message alone where that is asked.
-- KEYS 1 files of the conversation (hash)  2 files of the shard (hash)
-- ARGV 1 whether those of a message stay: 0, 1  2... ids
-- Returns the ids that went: whoever forgot one first deletes its bytes.
local went, bytes = {}, 0
for at = 2, #ARGV do
  local record = redis.call('HGET', KEYS[1], ARGV[at])
  local seq, shown = string.match(record or '', '^%w+|%d+|[01]|(%d+)|(.*)$')
  if seq and (seq == '0' or ARGV[1] == '0') then
    redis.call('HDEL', KEYS[1], ARGV[at])
    bytes = bytes + cjson.decode(shown).size
    went[#went + 1] = ARGV[at]
  end
end
if bytes > 0 then
  redis.call('HINCRBY', KEYS[2], 'bytes', -bytes)
  if redis.call('HINCRBY', KEYS[1], 'bytes', -bytes) == 0 and redis.call('HLEN', KEYS[1]) == 1 then
    redis.call('DEL', KEYS[1])
  end
end
return went
