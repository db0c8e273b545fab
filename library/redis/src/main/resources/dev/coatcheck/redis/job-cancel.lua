-- Ends a job, whatever its state. ARGV: channel, id. Returns in which state it was; nothing where there is none.

local job = load(ARGV[2])
if not job then
  return {}
end
forget(ARGV[2], job)
if job.state == RUNS then
  tell('')
  tell_of_place(job)
end
return {job.state}
