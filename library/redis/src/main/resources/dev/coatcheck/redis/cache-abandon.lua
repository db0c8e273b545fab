-- Gives up the right to load, if it is still the caller's: after a pause, or at once, upon which who waits is told.
-- KEYS: the right to load. ARGV: token, pause (milliseconds), channel, message. Returns: whether it was the caller's.

local held = redis.call('GET', KEYS[1])
local token, awaited
if held then
  token, awaited = string.match(held, '^1 (%S+) ([01]) ')
end
if token ~= ARGV[1] then
  return {0}
end
if ARGV[2] ~= '0' then
  return {redis.call('PEXPIRE', KEYS[1], ARGV[2])}
end
redis.call('DEL', KEYS[1])
if awaited == '1' then
  redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return {1}
