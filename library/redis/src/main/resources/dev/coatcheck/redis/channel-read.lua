-- Reads what came after a position.
-- KEYS: stream, hash. ARGV: epoch, offset, how many messages at the most, of how many bytes: it ends with the message that
-- makes it so many.
-- Returns: 'kept', epoch, then offset, offset before it and payload of each | 'gone', epoch, offset of the newest

local topic = topic()
local epoch, after = ARGV[1], ARGV[2]
local function is_kept()
  return #redis.call('XRANGE', KEYS[1], after .. '-0', after .. '-0') == 1
end
if epoch ~= topic.epoch or (after ~= topic.last and after ~= topic.dropped and not is_kept()) then
  return {'gone', topic.epoch, topic.last}
end
local reply = {'kept', epoch}
local most, most_bytes = tonumber(ARGV[3]), tonumber(ARGV[4])
local count, bytes = 0, 0
local look = 1 -- then more at once: there may be one message of 64 KiB, or a hundred of a few bytes
while after ~= topic.last and count < most and bytes < most_bytes do
  local entries = redis.call('XRANGE', KEYS[1], '(' .. after .. '-0', '+', 'COUNT', math.min(look, most - count))
  if #entries == 0 then
    break
  end
  for _, entry in ipairs(entries) do
    local payload = field(entry, 'p')
    after = string.match(entry[1], '^%d+')
    count, bytes = count + 1, bytes + #payload
    reply[#reply + 1] = after
    reply[#reply + 1] = field(entry, 'b')
    reply[#reply + 1] = payload
    if bytes >= most_bytes then
      break
    end
  end
  look = 25
end
return reply
