-- Records that an attempt failed. ARGV: channel, id, fence, error, a random number from 0 to 1.
-- Returns: 'retry', milliseconds until then | 'dead' | 'lost'.

local id = ARGV[2]
local job = load_held(id, ARGV[3])
if not job then
  return {'lost'}
end
local now = clock()
if job.attempts >= job.max_attempts then
  die(id, job, now, ARGV[4])
  tell_of_place(job)
  return {'dead'}
end
local longest = math.min(job.first_delay * 2 ^ math.min(job.attempts - 1, 62), job.max_delay)
local delay = math.floor(longest / 2 + longest / 2 * tonumber(ARGV[5]))
local due = now + delay * 1000
change(id, job, {state = WAITS, run = due, due = due})
redis.call('HSET', keys.texts, 'e' .. id, ARGV[4])
tell(job.queue)
return {'retry', delay}
