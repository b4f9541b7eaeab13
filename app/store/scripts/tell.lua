#!lua flags=allow-oom
-- Tell all nodes something that belongs in no log.
-- KEYS 1 feed
-- ARGV 1 conversation or ''  2 kind  3 author  4 role  5 body (JSON)
-- Returns the entry's place in the feed, or nothing where the conversation was erased
if ARGV[1] ~= '' and redis.call('HEXISTS', string.sub(KEYS[1], 1, -5) .. 'erased', redis.sha1hex(ARGV[1])) == 1 then return end
return announce(KEYS[1], ARGV[1], '0', ARGV[2], ARGV[3], ARGV[4], ARGV[5], '')
