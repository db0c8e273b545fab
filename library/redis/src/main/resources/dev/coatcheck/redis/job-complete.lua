-- Ends jobs that were done. ARGV: channel, for each job its id and fence. Returns which of them
-- were held, counted from 0.

local ended = {}
for at = 2, #ARGV, 2 do
  local id = ARGV[at]
  local job = load_held(id, ARGV[at + 1])
  if job then
    forget(id, job)
    tell_of_place(job)
    ended[#ended + 1] = (at - 2) / 2
  end
end
return ended
