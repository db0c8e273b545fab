-- What the scripts on a session share; put in front of each.
--
-- A session is one hash, so a script touches one key and a session is one slot of a cluster:
--   f  format of this hash, now 1; f, h and u mean the same in every format, so that any release can end any session
--   h  hash of the secret           u  user                 l  label
--   c  created at                   s  last seen at         i  idle time-out       (milliseconds, this server's clock)
--   n  number of writes, the source of versions             b  bytes of all names and values
--   o, e, p  the hash from before a rotation, until when it opens the view p, and that view, packed
--   a:NAME   an attribute: its version, a colon, its JSON
-- Every script runs alone and whole, so a session is never seen, nor left by a crash, half written.

local FORMAT = '1'

-- Numbers become text by this alone: tostring would round, or write an exponent.
local function digits(number)
  return string.format('%.0f', number)
end

local function now_millis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function ends_at(session)
  return math.min(session.seen + session.idle, session.created + session.absolute)
end

-- Gives 'open', 'superseded' or, with no session, 'gone' or 'newer'.
local function open(key, hash, absolute)
  local f = redis.call('HMGET', key, 'f', 'h', 'u', 'c', 's', 'i', 'o', 'e', 'n', 'b')
  if not f[1] then
    return 'gone'
  elseif f[1] ~= FORMAT then
    return 'newer'
  end
  local session = {
    key = key, now = now_millis(), absolute = absolute,
    user = f[3], created = tonumber(f[4]), seen = tonumber(f[5]), idle = tonumber(f[6]),
    grace_ends = tonumber(f[8] or 0), writes = tonumber(f[9]), bytes = tonumber(f[10])
  }
  if session.now >= ends_at(session) then
    return 'gone'
  elseif f[2] == hash then
    return 'open', session
  elseif f[7] == hash and session.now < session.grace_ends then
    return 'superseded', session
  end
  return 'gone'
end

-- The attributes as a list: name, version and JSON, name, version and JSON ...
local function attributes(key)
  local fields = redis.call('HGETALL', key)
  local found = {}
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 2) == 'a:' then
      found[#found + 1] = string.sub(fields[i], 3)
      found[#found + 1] = fields[i + 1]
    end
  end
  return found
end

-- Most reads are to write nothing: the end moves only once a tenth of the idle time-out has passed.
local function touch_is_due(session)
  return session.now - session.seen >= session.idle / 10
end

local function forget_what_was_before_rotation(session)
  redis.call('HDEL', session.key, 'o', 'e', 'p')
end
