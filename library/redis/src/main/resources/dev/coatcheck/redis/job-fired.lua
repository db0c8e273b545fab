-- When a schedule fired last; one that is not known begins now, and not in the future: a process whose clock is ahead would
-- have the others miss what comes until then.
-- ARGV: channel, name, now by the clock of who asks. Returns: the time.

local last = redis.call('HGET', keys.schedules, ARGV[2])
if not last then
  last = digits(math.min(tonumber(ARGV[3]), clock()))
  redis.call('HSET', keys.schedules, ARGV[2], last)
end
return {last}
