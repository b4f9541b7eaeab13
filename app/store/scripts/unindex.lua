#!lua flags=allow-oom
-- Take documents out of lists of an index.
-- KEYS 1 used (bitmap)  2 what the buckets' keys begin with
-- ARGV of each list: bucket, and the numbers of documents, ascending, 4 bytes each in one string
-- In a long list the place of one is taken by its neighbour's number, which then stands there twice: to make it anew would
-- cost the store more than all of the search.
local SHORT, WIDTH = 16384, 4 -- bytes

local function number(raw, place) return (struct.unpack('>I4', raw, place * WIDTH + 1)) end

-- A short list without them.
local function without(list, gone)
  local kept = {}
  for place = 0, #list / WIDTH - 1 do
    if not gone[number(list, place)] then kept[#kept + 1] = string.sub(list, place * WIDTH + 1, (place + 1) * WIDTH) end
  end
  return table.concat(kept)
end

-- In a long one: its first number not below another.
local function first(key, length, wanted)
  local low, high = 0, length
  while low < high do
    local middle = math.floor((low + high) / 2)
    local found = number(redis.call('GETRANGE', key, middle * WIDTH, (middle + 1) * WIDTH - 1), 0)
    if found < wanted then low = middle + 1 else high = middle end
  end
  return low
end

local function raw(key, place) return redis.call('GETRANGE', key, place * WIDTH, (place + 1) * WIDTH - 1) end

local function cover(key, length, numbers, gone)
  for _, one in ipairs(numbers) do
    local place = first(key, length, one)
    while place < length and number(raw(key, place), 0) == one do
      local neighbour = place > 0 and raw(key, place - 1)
      if not neighbour then
        local after = place
        repeat after = after + 1 until after >= length or not gone[number(raw(key, after), 0)]
        if after >= length then return false end
        neighbour = raw(key, after)
        for covered = place, after - 1 do redis.call('SETRANGE', key, covered * WIDTH, neighbour) end
      else
        redis.call('SETRANGE', key, place * WIDTH, neighbour)
      end
      place = place + 1
    end
  end
  return true
end

local i = 1
while i < #ARGV do
  local key, packed = KEYS[2] .. ARGV[i], ARGV[i + 1]
  local numbers, gone = {}, {}
  for place = 0, #packed / WIDTH - 1 do
    numbers[#numbers + 1] = number(packed, place)
    gone[numbers[#numbers]] = true
  end
  local size, empty = redis.call('STRLEN', key), false
  if size > 0 and size <= SHORT then
    local list = redis.call('GET', key)
    local kept = without(list, gone)
    empty = #kept == 0
    if not empty and #kept < #list then redis.call('SET', key, kept) end
  elseif size > 0 then
    empty = not cover(key, size / WIDTH, numbers, gone)
  end
  if empty then
    redis.call('UNLINK', key)
    redis.call('SETBIT', KEYS[1], ARGV[i], 0)
  end
  i = i + 2
end
