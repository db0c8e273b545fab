-- Adds jobs that came from an outbox, all or none, but for those that came before. ARGV: channel, then the jobs.
-- Returns nothing.

local UNCONFIRMED_MICROS = 2592000000000 -- 30 days
local now = clock()
add(2, function(id)
  return redis.call('ZADD', keys.relayed, 'NX', digits(now + UNCONFIRMED_MICROS), id) == 0
end)
redis.call('ZREMRANGEBYSCORE', keys.relayed, '-inf', digits(now))
return {}
