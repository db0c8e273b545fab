-- Adds a batch of jobs, all or none, and keeps the job that follows them until all have ended.
-- ARGV: channel, the job that follows, the jobs. Returns the ids of the jobs that stand for them.

local follower = new_job(ARGV, 2)
local standing, added = add(12, nil, follower.id)
if added > 0 then
  redis.call('HSET', keys.batches, 'n' .. follower.id, added, 'j' .. follower.id, cmsgpack.pack(follower))
else
  put(follower, clock())
  tell(follower.record.queue)
end
return standing
