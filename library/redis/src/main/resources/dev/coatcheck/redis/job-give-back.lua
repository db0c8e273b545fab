-- Gives jobs back; the attempt does not count. ARGV: channel, for each job its id and fence. Returns nothing.

local now = clock()
local told = {}
for at = 2, #ARGV, 2 do
  local id = ARGV[at]
  local job = load_held(id, ARGV[at + 1])
  if job then
    change(id, job, {state = WAITS, run = now, due = now, attempts = job.attempts - 1})
    told[job.queue] = true
  end
end
for queue in pairs(told) do
  tell(queue)
end
return {}
