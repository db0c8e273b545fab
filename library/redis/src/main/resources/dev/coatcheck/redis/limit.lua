-- What the scripts on limits share; put in front of each.
--
-- GCRA, exact. A key holds when its debt will be paid (the theoretical arrival time): whole microseconds of this
-- server's clock, and a rest in permits-ths of one, because a permit seldom takes a whole number of microseconds to come
-- back. Lua's numbers are doubles, exact up to 2^53: a time of today has 1.8 * 10^15 microseconds, a window up to
-- 3.2 * 10^13, a rest less than 10^9, and nothing here multiplies them (the caller, with 64-bit integers, has done so).
-- The limit stands beside it, so that a debt made under another one is understood: "FORMAT MICROS REST PERMITS WINDOW".

local FORMAT = '1'

local function digits(number)
  return string.format('%.0f', number)
end

local function now_micros()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function store(key, now, micros, rest, permits, window)
  if micros == 0 and rest == 0 then
    redis.call('DEL', key)
    return
  end
  local value = string.format('%s %.0f %.0f %.0f %.0f', FORMAT, now + micros, rest, permits, window)
  redis.call('SET', key, value, 'PX', digits(math.floor(micros / 1000) + 1))
end

-- The debt of a key in microseconds and rest; nil where a newer release wrote it. Where the clock was set back it is more
-- than the limit ever allows: all its permits are owed then, and no more, which is also written, since otherwise it would
-- stay so until the clock is where it was.
local function debt(key, now, permits, window)
  local stored = redis.call('GET', key)
  if not stored then
    return 0, 0
  end
  local format, paid_at, rest, old_permits, old_window = string.match(stored, '^(%d+) (%d+) (%d+) (%d+) (%d+)$')
  if format ~= FORMAT then
    return nil
  end
  local micros = tonumber(paid_at) - now
  rest, old_permits, old_window = tonumber(rest), tonumber(old_permits), tonumber(old_window)
  if micros < 0 then
    return 0, 0
  end
  if micros > old_window then
    micros, rest = old_window, 0
    store(key, now, micros, rest, old_permits, old_window)
  end
  if old_permits ~= permits or old_window ~= window then
    -- The same number of permits, rounded up to a microsecond.
    local owed = (micros + rest / old_permits) / old_window * old_permits
    micros, rest = math.ceil(owed / permits * window), 0
  end
  if micros >= window then
    return window, 0 -- a limit that was lowered: never more than all its permits
  end
  return micros, rest
end
