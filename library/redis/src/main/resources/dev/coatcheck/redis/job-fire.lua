-- Notes that a schedule fires for a time, and adds the job of that time.
-- ARGV: channel, name, time, then the job. Returns: 'fired', id of the job that stands for it | 'early', microseconds that
-- are left | 'fired before'.

local at, now = tonumber(ARGV[3]), clock()
if at > now then
  return {'early', at - now}
end
local last = redis.call('HGET', keys.schedules, ARGV[2])
if last and tonumber(last) >= at then
  return {'fired before'}
end
redis.call('HSET', keys.schedules, ARGV[2], digits(at))
local standing = add(4)
return {'fired', standing[1]}
