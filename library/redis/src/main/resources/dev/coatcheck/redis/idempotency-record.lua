-- Keeps the response to a request, if it still is the caller's.
-- KEYS: the request. ARGV: token, response, time to keep (milliseconds). Returns: whether it is kept.

local held = redis.call('HMGET', KEYS[1], 't', 'r')
if held[1] ~= ARGV[1] or (held[2] and held[2] ~= ARGV[2]) then
  return {0}
end
redis.call('HSET', KEYS[1], 'r', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {1}
