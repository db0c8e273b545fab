-- Makes the right to load last longer, if it is still the caller's. A server that is full still does this.
-- KEYS: the right to load. ARGV: token, lease (milliseconds). Returns: whether it is the caller's.

local held = redis.call('GET', KEYS[1])
if not held or string.match(held, '^1 (%S+) ') ~= ARGV[1] then
  return {0}
end
return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}
