-- Ends the session that a secret opens.
-- KEYS: the session. ARGV: hash of the secret. Returns: whether there was one, its user or nil.

local held = redis.call('HMGET', KEYS[1], 'h', 'u')
if held[1] ~= ARGV[1] then
  return {0, false}
end
redis.call('DEL', KEYS[1])
return {1, held[2]}
