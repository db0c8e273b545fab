-- Keeps what was loaded under a right to load that is still the caller's, and tells who waits for it.
-- KEYS: the entry, the right to load it. ARGV: token, time to live (milliseconds), stale time, load time, kind, value,
--   channel, message. Returns: whether it was kept.

local held = redis.call('GET', KEYS[2])
local token, awaited, versions
if held then
  token, awaited, versions = string.match(held, '^1 (%S+) ([01]) (.*)$')
end
if token ~= ARGV[1] then
  return {0}
end
local entry = string.format('1 %s %s %s %s\n', ARGV[3], ARGV[4], ARGV[5], versions) .. ARGV[6]
-- A server that is full refuses, if this is the first that a script writes; whoever waits is told all the same.
local kept = redis.pcall('SET', KEYS[1], entry, 'PX', ARGV[2] + ARGV[3])
redis.call('DEL', KEYS[2])
if awaited == '1' then
  redis.call('PUBLISH', ARGV[7], ARGV[8])
end
if kept.err then
  return kept
end
return {1}
