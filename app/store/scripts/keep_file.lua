-- Keep what is known of a file whose bytes are on disk. Repeated it changes nothing.
-- KEYS 1 files of the conversation (hash)  2 files of the shard (hash)
-- Nothing is kept of somebody who was erased.
-- ARGV 1 id  2 who uploaded it  3 whether it is for a note: 0, 1  4 bytes  5 what frames show of it (JSON)
local shard, uid = string.match(KEYS[1], '^(.*):c:(%w+):f$')
if redis.call('HEXISTS', shard .. ':erased', redis.sha1hex(uid)) == 1 then return redis.error_reply('ERASED whose file this was') end
local time = redis.call('TIME')
local at = string.format('%d', time[1] * 1000 + math.floor(time[2] / 1000))
local record = ARGV[2] .. '|' .. at .. '|' .. ARGV[3] .. '|0|' .. ARGV[5]
if redis.call('HSETNX', KEYS[1], ARGV[1], record) == 0 then return end
redis.call('HINCRBY', KEYS[1], 'bytes', ARGV[4])
redis.call('HINCRBY', KEYS[2], 'bytes', ARGV[4])
