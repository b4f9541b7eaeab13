-- Entries of a conversation that is being restored, in their order. Given again it adds those that are missing.
-- KEYS 1 log
-- ARGV 1 seq of the entry before the first  2... head, body and, of a message, what was before it (else '') of each
-- Returns the seq of the last entry in the log
local seq, last = tonumber(ARGV[1]), 0
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then last = tonumber(string.match(newest[1], '^(%d+)')) end
for i = 2, #ARGV, 3 do
  seq = seq + 1
  if seq > last then
    local id = string.format('%d-0', seq)
    if ARGV[i + 2] == '' then
      redis.call('XADD', KEYS[1], id, 'h', ARGV[i], 'b', ARGV[i + 1])
    else
      redis.call('XADD', KEYS[1], id, 'h', ARGV[i], 'b', ARGV[i + 1], 'l', ARGV[i + 2])
    end
    last = seq
  end
end
return last
