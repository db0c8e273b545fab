-- Who has a lease.
-- KEYS: the lease. Returns: nothing | token, holder, milliseconds that are left

local held = redis.call('GET', KEYS[1])
if not held then
  return {}
end
local token, holder = string.match(held, '^%d+ (%d+) (.*)$')
return {token or '0', holder or '', redis.call('PTTL', KEYS[1])}
