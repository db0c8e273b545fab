-- Adds jobs that came from an outbox, all or none, but for those that came before. ARGV: channel, then the jobs.
-- Returns nothing.

local UNCONFIRMED_MICROS = 2592000000000 -- 30 days
local now = clock()

-- Notes that a job came. Returns whether it came before; one that is still here did, although that has been forgotten.
local function note(id)
  local is_new = redis.call('ZADD', keys.relayed, 'NX', digits(now + UNCONFIRMED_MICROS), id) == 1
  return not is_new or redis.call('HEXISTS', keys.records, id) == 1
end

add(2, note)
forget_some_relayed(now)
return {}
