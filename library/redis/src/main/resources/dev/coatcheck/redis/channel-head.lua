-- Says where a topic ends, and keeps it from being forgotten.
-- KEYS: stream, hash. Returns: epoch, offset.

local topic = topic()
if redis.call('PTTL', KEYS[2]) < SHORTEST_KEEP / 2 then
  redis.call('PEXPIRE', KEYS[2], SHORTEST_KEEP)
end
return {topic.epoch, topic.last}
