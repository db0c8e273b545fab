-- Removes what is given and tells everybody.
-- KEYS: an entry and the right to load it, or a tag. ARGV: channel, message.

redis.call('DEL', unpack(KEYS))
redis.call('PUBLISH', ARGV[1], ARGV[2])
return {1}
