-- A topic is a stream of its messages, and beside it a hash of what is known of it:
--   format, 1; epoch, which history it is; last, the offset of its newest message; dropped, that of the newest message that
--   is not kept any more; bytes, how many the payloads have that are kept. An offset is 0 before the first message.
-- In the stream, the id of a message is its offset; "b" is the offset before it, "p" its payload. The stream ends by
-- itself when its newest message is too old; the hash is kept for longer, so that who has missed nothing is not told else.

local SHORTEST_KEEP = 172800000 -- two days, in milliseconds

local function digits(number)
  return string.format('%.0f', number)
end

-- Doubles are exact up to 2^53; a time of today has 1.8 * 10^15 microseconds.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- What is known of a topic, whose history begins here if it has none. KEYS: stream, hash.
local function topic()
  local known = redis.call('HMGET', KEYS[2], 'epoch', 'last', 'dropped', 'bytes')
  if not known[1] then
    known = {digits(clock()), '0', '0', '0'}
    redis.call('DEL', KEYS[1])
    redis.call('HSET', KEYS[2], 'format', '1', 'epoch', known[1], 'last', '0', 'dropped', '0', 'bytes', '0')
    redis.call('PEXPIRE', KEYS[2], SHORTEST_KEEP)
  end
  local count = redis.call('XLEN', KEYS[1])
  if count == 0 then
    known[3], known[4] = known[2], '0'
  end
  return {epoch = known[1], last = known[2], dropped = known[3], bytes = tonumber(known[4]), count = count}
end

-- A field of a message in the stream.
local function field(entry, name)
  for i = 1, #entry[2], 2 do
    if entry[2][i] == name then
      return entry[2][i + 1]
    end
  end
end
