-- Change an agent's mailbox, which is still as the caller saw it; and use up the link that allows it, if there is one.
-- KEYS 1 mailboxes (hash)  2 the link (string)
-- ARGV 1 uid of the agent  2 JSON the caller saw, '' for none  3 JSON wanted  4 '1': by that link
-- Returns 'ok' | 'changed' | 'over', where the link is not there any more
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 'changed' end
if ARGV[4] == '1' and redis.call('DEL', KEYS[2]) == 0 then return 'over' end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 'ok'
