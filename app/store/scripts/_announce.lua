-- Shared by the scripts that tell something that belongs in no log.
local function announce(feed, uid, epoch, kind, author, role, body, state)
  return publish(feed, table.concat({uid, '0', epoch, kind, author, role, '', now(), state}, '|'), body)
end
