-- Reads a session, and moves its end where that is due.
-- KEYS: the session. ARGV: hash of the secret, absolute time-out.
-- Returns: status, user or nil, created at, seen at, ends at, idle time-out, whether the end was moved, attributes ...

local status, session = open(KEYS[1], ARGV[1], tonumber(ARGV[2]))

if status == 'superseded' then
  local view = cmsgpack.unpack(redis.call('HGET', KEYS[1], 'p'))
  local ends = math.min(session.grace_ends, ends_at(session))
  local reply = {status, view.user or false, session.created, view.seen, ends, view.idle, 0}
  for i = 1, #view.attributes do
    reply[#reply + 1] = view.attributes[i]
  end
  return reply
elseif status ~= 'open' then
  return {status}
end

local moved = 0
if touch_is_due(session) then
  -- A server that is full, or cannot persist, refuses the write; the session is still there to be read.
  local written = redis.pcall('HSET', KEYS[1], 's', digits(session.now))
  if type(written) == 'number' then
    moved = 1
    session.seen = session.now
    redis.call('PEXPIREAT', KEYS[1], digits(ends_at(session)))
    if session.grace_ends > 0 and session.now >= session.grace_ends then
      forget_what_was_before_rotation(session)
    end
  end
end

local reply = {status, session.user, session.created, session.seen, ends_at(session), session.idle, moved}
local held = attributes(KEYS[1])
for i = 1, #held do
  reply[#reply + 1] = held[i]
end
return reply
