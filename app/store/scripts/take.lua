-- Lease the lane that has been due longest, and raise its fence. Of mail to visitors, what they have read meanwhile need
-- not be told any more, nor what stood in a log that is none any more, or is read with another's since they logged in.
-- KEYS 1 present (hash)  2 what the shard's keys of conversations begin with  3 what the outbox's keys begin with
-- ARGV 1 for how long, ms  2 jobs of a lane at most  3... endpoints, whose lanes are asked for
-- Returns nothing where none is due, or {lane, fence, now, read, here, left, tries, since, asked, {{id, fields of its
--         hash}...}}; `asked`: somebody wants it tried now
local LOOKED_AT = 20 -- lanes in which nothing may be left to tell, of one call
local t = tonumber(now())

local function visitor(lane)
  local uid = string.match(lane, '^mail:(.*)$')
  if not uid then return {}, false end
  local known = redis.call('HMGET', KEYS[2] .. uid .. ':m', 'epoch', 'read_v', 'left', 'state')
  if string.find(known[4] or '', '^linked|') then known[1] = false end
  return known, uid
end

local function take(lane)
  local known, uid = visitor(lane)
  local read, jobs = tonumber(known[2] or 0), {}
  for _, id in ipairs(redis.call('LRANGE', waits(lane), 0, ARGV[2] - 1)) do
    local fields = redis.call('HGETALL', job(id))
    local at = {}
    for i = 1, #fields, 2 do at[fields[i]] = fields[i + 1] end
    if #fields == 0 or (uid and (at.epoch ~= known[1] or tonumber(at.seq) <= read)) then
      leave(lane, id)
      redis.call('DEL', job(id))
    else
      jobs[#jobs + 1] = {id, fields}
    end
  end
  if #jobs == 0 then
    go_on(lane, t)
    return
  end
  local fence, own = redis.call('INCR', outbox .. 'fence'), standing(lane)
  redis.call('HSET', own, 'fence', fence, 'leased', text(t + ARGV[1]))
  local trouble = redis.call('HMGET', own, 'tries', 'since', 'asked')
  redis.call('HDEL', own, 'looked', 'asked')
  redis.call('ZADD', due(lane), t + ARGV[1], lane)
  local here = uid and redis.call('HEXISTS', KEYS[1], uid) or 0
  local left, asked = known[3] or '0', trouble[3] or '0'
  return {lane, fence, text(t), text(read), here, left, trouble[1] or '0', trouble[2] or '0', asked, jobs}
end

for i = 3, #ARGV do
  for _, lane in ipairs(redis.call('ZRANGE', due(ARGV[i] .. ':'), '-inf', t, 'BYSCORE', 'LIMIT', 0, LOOKED_AT)) do
    local taken = take(lane)
    if taken then return taken end
  end
end
