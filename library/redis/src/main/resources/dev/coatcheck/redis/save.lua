-- Creates a session, or changes one that is still there: everything that was asked, or nothing.
-- KEYS: the session.
-- ARGV: 1 'create' or 'save', 2 hash of the secret, 3 absolute time-out, 4 most bytes,
--       5 idle time-out or '', 6 '=' and user or '', 7 '=' and label or '',
--       8 when the index of the user was told, 9 for how long that lets it know (both only with a user),
--       10 hash of the new secret or '', 11 grace for the old one,
--       then for each attribute: name, '=' and JSON or '-' to remove it, version it must have or ''.
-- Returns: 'saved', user or nil, whether moving the end was due | 'gone' | 'newer' | 'taken' | 'stale'
--       | 'large', bytes | 'conflict', name, version and JSON or nil, ...

local key, hash, absolute = KEYS[1], ARGV[2], tonumber(ARGV[3])
local creates = ARGV[1] == 'create'
local session

if creates then
  local held = redis.call('HGET', key, 'h')
  if held == hash then
    return {'saved', false, 0} -- sent again after its answer was lost
  elseif held then
    return {'taken'}
  end
  local now = now_millis()
  session = {
    key = key, now = now, absolute = absolute, user = false,
    created = now, seen = now, idle = 0, grace_ends = 0, writes = 0, bytes = 0
  }
else
  local status
  status, session = open(key, hash, absolute)
  if status ~= 'open' then
    return {status == 'newer' and 'newer' or 'gone'}
  end
end

local function optional(argument)
  return string.sub(argument, 1, 1) == '=' and string.sub(argument, 2)
end

-- The entry in the index of the user must be there before the session is the user's, and may be pruned while it is not.
-- A writer that was held up for long begins again.
local user = optional(ARGV[6])
if user and session.now - tonumber(ARGV[8]) > tonumber(ARGV[9]) then
  return {'stale'}
end

local changes, conflict = {}, {'conflict'}
local bytes = session.bytes
for i = 12, #ARGV, 3 do
  local change = {name = ARGV[i], json = optional(ARGV[i + 1])}
  local held = redis.call('HGET', key, 'a:' .. change.name)
  local version = '0'
  if held then
    version = string.match(held, '^%d+')
    bytes = bytes - #change.name - (#held - #version - 1)
  end
  if change.json then
    bytes = bytes + #change.name + #change.json
  end
  if ARGV[i + 2] ~= '' and ARGV[i + 2] ~= version and not creates then
    conflict[#conflict + 1] = change.name
    conflict[#conflict + 1] = held
  end
  changes[#changes + 1] = change
end
if #conflict > 1 then
  return conflict
end
if bytes > tonumber(ARGV[4]) then
  return {'large', bytes}
end

local due = touch_is_due(session) and 1 or 0

if ARGV[10] ~= '' then
  hash = ARGV[10]
  if tonumber(ARGV[11]) > 0 then
    local view = {user = session.user or nil, seen = session.seen, idle = session.idle, attributes = attributes(key)}
    local grace_ends = session.now + tonumber(ARGV[11])
    redis.call('HSET', key, 'o', ARGV[2], 'e', digits(grace_ends), 'p', cmsgpack.pack(view))
  else
    forget_what_was_before_rotation(session)
  end
elseif session.grace_ends > 0 and session.now >= session.grace_ends then
  forget_what_was_before_rotation(session)
end

session.seen = session.now
session.idle = ARGV[5] ~= '' and tonumber(ARGV[5]) or session.idle
session.user = user or session.user
local version = digits(session.writes + 1)

redis.call('HSET', key,
  'f', FORMAT, 'h', hash, 'c', digits(session.created), 's', digits(session.seen), 'i', digits(session.idle),
  'n', version, 'b', digits(bytes))
if user then
  redis.call('HSET', key, 'u', user)
end
local label = optional(ARGV[7])
if label then
  redis.call('HSET', key, 'l', label)
end
for _, change in ipairs(changes) do
  if change.json then
    redis.call('HSET', key, 'a:' .. change.name, version .. ':' .. change.json)
  else
    redis.call('HDEL', key, 'a:' .. change.name)
  end
end
redis.call('PEXPIREAT', key, digits(ends_at(session)))

return {'saved', session.user, due}
