-- Forgets in an hour which jobs came from an outbox, since they are gone there; a relay that slept for less, and does not
-- know that it was overtaken, adds none of them again. ARGV: channel, their ids. Returns nothing.

local now = clock()
local forget_at = digits(now + 3600000000)
for i = 2, #ARGV do
  redis.call('ZADD', keys.relayed, 'XX', forget_at, ARGV[i])
end
forget_some_relayed(now)
return {}
