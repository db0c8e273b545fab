-- Drops handles from the index of a user that turned out not to be live sessions of that user; but not those mentioned
-- a moment ago, since a log-in tells the index first and the session then.
-- KEYS: the index. ARGV: for how long a mention counts as a moment ago, handles ...

local time = redis.call('TIME')
local pending_since = time[1] * 1000 + math.floor(time[2] / 1000) - tonumber(ARGV[1])
for i = 2, #ARGV do
  local mentioned = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if mentioned and tonumber(mentioned) < pending_since then
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return {}
