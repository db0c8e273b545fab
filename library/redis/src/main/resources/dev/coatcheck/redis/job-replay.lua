-- Replays one job. ARGV: channel, id. Returns 1 where it waits now, or 0.

local job = load(ARGV[2])
if not job or job.state ~= DEAD or not revive(ARGV[2], job, clock()) then
  return {0}
end
tell(job.queue)
return {1}
