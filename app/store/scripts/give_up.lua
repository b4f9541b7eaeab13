-- A person gives up what waits in a lane. Who is at it meanwhile comes late.
-- KEYS 6 what the outbox's keys begin with
-- ARGV 2 lane  3 reason  4 kind of what is told, '' for nothing  5 its id  6 its body (JSON)  7... ids of the jobs meant
-- Returns 1, or 0 where others wait there by now
local lane, t = ARGV[2], now()
local ids = redis.call('LRANGE', waits(lane), 0, -1)
if #ids == 0 or table.concat(ids, ' ') ~= table.concat(ARGV, ' ', 7) then return 0 end
for _, id in ipairs(ids) do bury(lane, id, ARGV[3], t) end
redis.call('HDEL', standing(lane), 'fence', 'leased', 'looked')
go_on(lane, t)
if ARGV[4] ~= '' then
  local c = open()
  if c.status ~= 'linked' then write(c, ARGV[4], 'system', 's', ARGV[5], ARGV[6], t) end
end
return 1
