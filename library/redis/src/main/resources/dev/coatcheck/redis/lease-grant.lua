-- Gives a lease to whoever asks while nobody has it.
-- KEYS: the lease, its last token. ARGV: holder, duration (milliseconds), how long the last token is kept.
-- Returns: 'granted', token | 'refused', token, holder, milliseconds that are left
--
-- A lease is held for as long as its key exists, in every format: "FORMAT TOKEN HOLDER". FORMAT is 1; the token stands
-- second in every format.

local held = redis.call('GET', KEYS[1])
if held then
  local token, holder = string.match(held, '^%d+ (%d+) (.*)$')
  return {'refused', token or '0', holder or '', redis.call('PTTL', KEYS[1])}
end

-- The clock, unless that was behind: so tokens grow even where this server has lost what it knew.
-- Doubles are exact up to 2^53; a time of today has 1.8 * 10^15 microseconds.
local time = redis.call('TIME')
local token = math.max(time[1] * 1000000 + time[2], tonumber(redis.call('GET', KEYS[2]) or 0) + 1)
local digits = string.format('%.0f', token)
redis.call('SET', KEYS[2], digits, 'PX', ARGV[3])
redis.call('SET', KEYS[1], '1 ' .. digits .. ' ' .. ARGV[1], 'PX', ARGV[2])
return {'granted', digits}
