#!lua flags=allow-oom
-- Make a feed anew without what is of some conversations: what is deleted from a stream stays in its memory, and so on
-- disk, as long as anything beside it does. Places stay as they are, so that nobody misses one.
-- KEYS 1 feed  2 draft (stream)
-- ARGV uids
-- Returns how many items named one of them
local FORGOTTEN, AT_ONCE = '|0|0|forgotten||s||0|', 500
redis.call('DEL', KEYS[2])

local function theirs(text)
  for _, uid in ipairs(ARGV) do
    if string.find(text, uid, 1, true) then return true end
  end
  return false
end

local changed, from = 0, '-'
while true do
  local items = redis.call('XRANGE', KEYS[1], from, '+', 'COUNT', AT_ONCE)
  for _, item in ipairs(items) do
    local kept, fields = {}, item[2]
    for i = 1, #fields, 2 do
      if not (theirs(fields[i]) or theirs(fields[i + 1])) then
        kept[#kept + 1] = fields[i]
        kept[#kept + 1] = fields[i + 1]
      end
    end
    if #kept < #fields then changed = changed + 1 end
    if #kept == 0 then kept = {FORGOTTEN, '{}'} end
    redis.call('XADD', KEYS[2], item[1], unpack(kept))
  end
  if #items < AT_ONCE then break end
  from = '(' .. items[#items][1]
end
if changed == 0 then
  redis.call('DEL', KEYS[2])
else
  redis.call('RENAME', KEYS[2], KEYS[1])
end
return changed
