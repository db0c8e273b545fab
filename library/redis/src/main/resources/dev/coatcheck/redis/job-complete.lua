-- Ends jobs that were done. ARGV: channel, for each job its id and fence. Returns which of
-- them were held, counted from 0.

local ended, told = {}, {}
for at = 2, #ARGV, 2 do
  local id = ARGV[at]
  local job = load_held(id, ARGV[at + 1])
  if job then
    forget(id, job)
    if limit_of(job.queue, job.group) then
      told[job.queue] = true
    end
    ended[#ended + 1] = (at - 2) / 2
  end
end
for queue in pairs(told) do
  tell(queue)
end
return ended
