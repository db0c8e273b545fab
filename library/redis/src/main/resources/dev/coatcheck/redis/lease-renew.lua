-- Makes a lease end later, if it still is the caller's. A server that is full still does this.
-- KEYS: the lease, its last token. ARGV: token, duration (milliseconds), how long the last token is kept.
-- Returns: whether it is the caller's.

local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^%d+ (%d+) ') ~= ARGV[1] then
  return {0}
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}
