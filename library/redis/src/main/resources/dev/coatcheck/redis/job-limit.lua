-- Sets what a group may have. ARGV: channel, queue, group (empty for all), and concurrency, starts and window; or none of
-- these where it is not limited any more.

if ARGV[4] then
  redis.call('HSET', keys.limits, ARGV[2] .. NUL .. ARGV[3], table.concat({ARGV[4], ARGV[5], ARGV[6]}, ' '))
else
  redis.call('HDEL', keys.limits, ARGV[2] .. NUL .. ARGV[3])
end
-- Jobs that had to wait may not have to any more.
tell(ARGV[2])
return {}
