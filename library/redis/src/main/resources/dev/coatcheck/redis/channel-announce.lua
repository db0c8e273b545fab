-- Changes who is present on a topic.
-- KEYS: a hash of who is present: "PROCESS USER" to the format, 1. ARGV: how many fields arrived, those, those that left.

local arrived = tonumber(ARGV[1])
for i = 2, #ARGV do
  if i <= arrived + 1 then
    redis.call('HSET', KEYS[1], ARGV[i], '1')
  else
    redis.call('HDEL', KEYS[1], ARGV[i])
  end
end
-- Every process says all of it again twice a day: what is older is of processes that nobody asked about.
redis.call('PEXPIRE', KEYS[1], 172800000)
return {1}
