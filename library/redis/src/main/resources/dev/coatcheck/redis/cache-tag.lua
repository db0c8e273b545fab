-- The version of a tag, made where there is none.
-- KEYS: the tag. ARGV: a version that nobody has used, how long it is kept (milliseconds). Returns: the version.

local version = redis.call('GET', KEYS[1])
if not version then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return {ARGV[1]}
end
-- Kept while it is asked for; written seldom.
if redis.call('PTTL', KEYS[1]) < ARGV[2] / 2 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return {version}
