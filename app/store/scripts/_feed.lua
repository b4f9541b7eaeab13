-- Shared by the scripts that put something in a feed. What is defined here is made anew at each call, so it is little.
-- Entries kept, about: at 20,000 messages a second half a second of a node's absence; past that it reads the logs.
local FEED_KEPT = 10000

-- A whole number as a string; tostring would write a large one as 1.7e+12.
local function text(number) return string.format('%d', number) end

-- Unix milliseconds by the store's clock, so that all nodes agree; a string.
local function now()
  local t = redis.call('TIME')
  return text(t[1] * 1000 + math.floor(t[2] / 1000))
end

-- Put an item in the feed: of each entry its head, uid|seq|epoch|kind|author|role|id|t|state, and its body. One field to
-- split costs every reader, and the store, a third of what ten would; and an item of several less than several items.
local function publish(feed, ...)
  local items = math.ceil(FEED_KEPT * 2 / select('#', ...)) -- as if all were as large as this one
  return redis.call('XADD', feed, 'MAXLEN', '~', items, '0-*', ...)
end
