-- Makes a claim last for another lease from now, if it still is the caller's and has no response.
-- KEYS: the request. ARGV: token, lease and time to keep (milliseconds). Returns: whether it is the caller's.

local held = redis.call('HMGET', KEYS[1], 't', 'r')
if held[1] ~= ARGV[1] or held[2] then
  return {0}
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HSET', KEYS[1], 'e', string.format('%.0f', now + tonumber(ARGV[2])))
return {redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[2]) + tonumber(ARGV[3])))}
