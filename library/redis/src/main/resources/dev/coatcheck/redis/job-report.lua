-- Notes how far a running job is. ARGV: channel, id, fence, progress. Returns 1, or 0 where it is not held any more.

if not load_held(ARGV[2], ARGV[3]) then
  return {0}
end
-- A server that is full allows a script to begin with removing, and then all of it.
redis.call('HDEL', keys.texts, 'p' .. ARGV[2])
redis.call('HSET', keys.texts, 'p' .. ARGV[2], ARGV[4])
return {1}
