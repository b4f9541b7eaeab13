-- Give a conversation a number in the index, anew when its epoch is another: what the old number leads to is forgotten.
-- KEYS 1 marks (hash)  2 numbers (hash)
-- ARGV pairs of uid and epoch
-- Returns the mark of each: '<number>:<epoch>:<seq>'
local found = {}
for i = 1, #ARGV, 2 do
  local uid, epoch = ARGV[i], ARGV[i + 1]
  local mark = redis.call('HGET', KEYS[1], uid)
  local number, known = string.match(mark or '', '^(%d+):(%d+):')
  if known ~= epoch then
    if number then redis.call('HDEL', KEYS[2], number) end
    number = redis.call('HINCRBY', KEYS[2], 'next', 1)
    redis.call('HSET', KEYS[2], number, uid)
    mark = number .. ':' .. epoch .. ':0'
    redis.call('HSET', KEYS[1], uid, mark)
  end
  found[#found + 1] = mark
end
return found
