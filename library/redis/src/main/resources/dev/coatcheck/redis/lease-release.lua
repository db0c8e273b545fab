-- Ends a lease that is the caller's, and tells who waits for one.
-- KEYS: the lease. ARGV: token, channel, name of the lease. Returns: whether it was the caller's.

local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+ (%d+) ') ~= ARGV[1] then
  return {0}
end
redis.call('DEL', KEYS[1])
redis.call('PUBLISH', ARGV[2], ARGV[3])
return {1}
