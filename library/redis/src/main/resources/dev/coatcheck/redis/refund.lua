-- Gives back what was spent, less what has grown back since; once for each reservation.
-- KEYS: the mark of the reservation, then one for each ask.
-- ARGV: when it was spent, how long (milliseconds) it can be given back, then as for acquire.
-- Returns: whether something was given back.
--
-- What has passed since is taken off, as if these permits were the first to be paid for. That is never too much: a debt
-- with them and one without them differ by at least this.

local now = now_micros()
local elapsed = math.max(0, now - tonumber(ARGV[1]))
if elapsed >= tonumber(ARGV[2]) * 1000 or not redis.call('SET', KEYS[1], '', 'NX', 'PX', ARGV[2]) then
  return {0}
end

for i = 2, #KEYS do
  local at = (i - 2) * 4 + 2
  local permits, window = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
  local back, back_rest = tonumber(ARGV[at + 3]) - elapsed, tonumber(ARGV[at + 4])
  local micros, rest = debt(KEYS[i], now, permits, window)
  if micros and back >= 0 then
    micros, rest = micros - back, rest - back_rest
    if rest < 0 then
      micros, rest = micros - 1, rest + permits
    end
    if micros < 0 then
      micros, rest = 0, 0
    end
    store(KEYS[i], now, micros, rest, permits, window)
  end
end
return {1}
