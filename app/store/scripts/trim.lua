#!lua flags=allow-oom
-- Forget a conversation's oldest entries, a bounded number at a time. What is left stays contiguous; `floor` moves.
-- ARGV 2 what is older than this goes, unix ms  3 how many entries at most  4 how many of an open one are kept regardless
-- Returns {how many went, '1' if there may be more, '1' if none is left}
-- Entries stand in the order of their time, so the place is found by halving: ten looks at most, however many go.
local c = open()
local floor = tonumber(redis.call('HGET', meta, 'floor') or 0)
local most = c.seq
-- Whoever answers must see what it is about.
if c.status == 'waiting' or c.status == 'held' or c.status == 'snoozed' then most = most - ARGV[4] end
local last = math.min(most, floor + ARGV[3])

local function old(seq)
  local entry = redis.call('XRANGE', log, text(seq) .. '-0', text(seq) .. '-0')[1]
  return not entry or tonumber(string.match(entry[2][2], '(%d+)$')) < tonumber(ARGV[2])
end

local low, high = floor, last
while low < high do
  local middle = math.floor((low + high + 1) / 2)
  if old(middle) then low = middle else high = middle - 1 end
end
local none = low == c.seq and '1' or '0'
if low <= floor then return {0, '0', none} end
redis.call('XTRIM', log, 'MINID', '=', text(low + 1) .. '-0')
redis.call('HSET', meta, 'floor', text(low))
return {low - floor, (low == last and last < most) and '1' or '0', none}
