-- Puts a message at the end of a topic, drops what is not to be kept, and tells who follows.
-- KEYS: stream, hash. ARGV: channel, payload, how many messages are kept, for how many milliseconds, how many bytes of them.
-- Returns: epoch, offset.

local topic = topic()
local now = clock()
-- The clock, unless that was behind: so an offset is given once even where this server has lost what it knew.
local offset = digits(math.max(now, tonumber(topic.last) + 1))
redis.call('XADD', KEYS[1], offset .. '-0', 'b', topic.last, 'p', ARGV[2])
local count, bytes, dropped = topic.count + 1, topic.bytes + #ARGV[2], topic.dropped

local most, most_bytes, oldest = tonumber(ARGV[3]), tonumber(ARGV[5]), now - ARGV[4] * 1000
local look = 1
local done = count == 1
while not done do
  for _, entry in ipairs(redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', look)) do
    local at = string.match(entry[1], '^%d+')
    if count == 1 or (count <= most and bytes <= most_bytes and tonumber(at) >= oldest) then
      done = true
      break
    end
    redis.call('XDEL', KEYS[1], entry[1])
    count, bytes, dropped = count - 1, bytes - #field(entry, 'p'), at
  end
  look = 10
end

redis.call('HSET', KEYS[2], 'last', offset, 'dropped', dropped, 'bytes', digits(bytes))
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], digits(math.max(2 * ARGV[4], SHORTEST_KEEP)))
redis.call('PUBLISH', ARGV[1], table.concat({'1', topic.epoch, offset, topic.last, ARGV[2]}, ' '))
return {topic.epoch, offset}
