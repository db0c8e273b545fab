-- Tells the index of a user that a session is, or is about to be, the user's.
-- KEYS: the index. ARGV: handle of the session, for how long no session outlives its last mention.
-- Returns: when the index was told, in milliseconds.
--
-- The index is a sorted set of handles by the time they were last mentioned. What is older than any session can live is
-- dropped here, so that the index of somebody who logs in often and never looks at the list stays small.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local longest = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - longest))
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', longest))
return {now}
