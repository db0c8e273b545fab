-- Adds, replaces or removes a flag, and tells who listens.
-- KEYS: the flags. ARGV: channel, name, text (none to remove it).

-- The clock, unless that was behind: so versions grow even where this server has lost what it knew.
local time = redis.call('TIME')
local version = math.max(time[1] * 1000000 + time[2], tonumber(redis.call('HGET', KEYS[1], 'version') or 0) + 1)
redis.call('HSET', KEYS[1], 'version', string.format('%.0f', version))
if ARGV[3] then
  redis.call('HSET', KEYS[1], 'flag:' .. ARGV[2], ARGV[3])
else
  redis.call('HDEL', KEYS[1], 'flag:' .. ARGV[2])
end
redis.call('PUBLISH', ARGV[1], '')
return {1}
