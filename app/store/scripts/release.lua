#!lua flags=allow-oom
-- Give a conversation back: by its holder, or because the holder has been away.
-- KEYS 6 present (hash)
-- ARGV 2 holder meant  3 fence meant, or '' for any  4 '1' to do so only while the holder is offline  5 id  6 body
-- Returns {'ok'|'held'|'present', epoch, seq, state}: `held` by somebody else (or nobody), `present` came back
local holder, fence, away = ARGV[2], ARGV[3], ARGV[4] == '1'
local c, made = change(ARGV[5])
if made then return outcome('ok', c) end
if c.owner ~= holder or (fence ~= '' and fence ~= text(c.fence)) then return outcome('held', c) end
if away and redis.call('HEXISTS', KEYS[6], holder) == 1 then return outcome('present', c) end
return give_back(c, holder, ARGV[5], ARGV[6])
