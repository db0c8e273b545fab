-- Forgets a request that is the caller's and has no response.
-- KEYS: the request. ARGV: token.

local held = redis.call('HMGET', KEYS[1], 't', 'r')
if held[1] == ARGV[1] and not held[2] then
  redis.call('DEL', KEYS[1])
end
return {}
