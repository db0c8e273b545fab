-- Reads what came after a position.
-- KEYS: stream, hash. ARGV: epoch, offset, how many messages at the most.
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
if after ~= topic.last then
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '(' .. after .. '-0', '+', 'COUNT', ARGV[3])) do
    reply[#reply + 1] = string.match(entry[1], '^%d+')
    reply[#reply + 1] = field(entry, 'b')
    reply[#reply + 1] = field(entry, 'p')
  end
end
return reply
