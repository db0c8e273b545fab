-- Ends a session if it is the user's.
-- KEYS: the session. ARGV: the user. Returns: whether it was.

if redis.call('HGET', KEYS[1], 'u') ~= ARGV[1] then
  return {0}
end
return {redis.call('DEL', KEYS[1])}
