#!lua flags=allow-oom
-- Read a conversation from the place a client has reached, or learn that what it has is not this log.
-- ARGV 2 its epoch, or ''  3 its seq, or '' for "from now on"  4 id of the entry it has there, or ''  5 how many entries
-- Returns {'reset', reason, epoch, seq, floor} | {'ok', epoch, seq, state, read by visitor, read by agent, entries}
-- A repeated page is safe: nothing is written but the repair of a store that forgot.
local c = open()
local epoch, after, id, count = ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local marks = redis.call('HMGET', meta, 'floor', 'read_v', 'read_a')
local floor = tonumber(marks[1] or 0)

local function reset(reason) return {'reset', reason, c.epoch, c.seq, text(floor)} end

local entries = {}
if after ~= '' then
  local reached = tonumber(after)
  if epoch ~= '' and epoch ~= c.epoch then return reset('epoch') end
  if reached < 0 or reached > c.seq then return reset('ahead') end
  if reached < floor then return reset('trimmed') end
  if id ~= '' and reached > floor then
    local entry = redis.call('XRANGE', log, text(reached) .. '-0', text(reached) .. '-0')[1]
    if not entry or string.match(entry[2][2], '([^|]*)|%d+$') ~= id then return reset('other') end
  end
  if reached < c.seq then
    entries = redis.call('XRANGE', log, text(reached + 1) .. '-0', '+', 'COUNT', count)
  end
end
return {'ok', c.epoch, c.seq, state(c), marks[2] or '0', marks[3] or '0', entries}
