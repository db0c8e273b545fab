-- Spends permits of several limits, all or none.
-- KEYS: one for each ask. ARGV: for each ask: permits and window of the limit, cost in microseconds and rest.
-- Returns: 'allowed', now, then for each ask its debt in microseconds and rest
--       | 'limited', for each ask that is refused its number (from 0) and the wait in microseconds
--       | 'newer'

local now = now_micros()
local asks, limited = {}, {'limited'}
for i, key in ipairs(KEYS) do
  local at = (i - 1) * 4
  local permits, window = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local micros, rest = debt(key, now, permits, window)
  if not micros then
    return {'newer'}
  end
  micros, rest = micros + tonumber(ARGV[at + 3]), rest + tonumber(ARGV[at + 4])
  if rest >= permits then
    micros, rest = micros + 1, rest - permits
  end
  local wait = micros - window + (rest > 0 and 1 or 0)
  if wait > 0 then
    limited[#limited + 1] = i - 1
    limited[#limited + 1] = wait
  end
  asks[i] = {micros = micros, rest = rest, permits = permits, window = window}
end
if #limited > 1 then
  return limited
end

local reply = {'allowed', now}
for i, ask in ipairs(asks) do
  store(KEYS[i], now, ask.micros, ask.rest, ask.permits, ask.window)
  reply[#reply + 1] = ask.micros
  reply[#reply + 1] = ask.rest
end
return reply
