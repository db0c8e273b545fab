-- Makes leases end this much later than now. ARGV: channel, for how long, for each job its id and fence.
-- Returns which of them are still held, counted from 0.

local due = clock() + tonumber(ARGV[2])
local kept = {}
for at = 3, #ARGV, 2 do
  local id = ARGV[at]
  local job = load_held(id, ARGV[at + 1])
  if job then
    change(id, job, {due = due})
    kept[#kept + 1] = (at - 3) / 2
  end
end
return kept
