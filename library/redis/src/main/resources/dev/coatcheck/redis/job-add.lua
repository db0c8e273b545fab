-- Adds jobs, each of ten arguments from this one on: see "new_job". Each is noted, where "note" is given, and left out if
-- that says that it is known; the others are of the batch, if one is given. Returns for each the id of the job that stands
-- for it: its own, or that of the job that has its unique key; and how many were added.
local function add(from, note, batch)
  local now = clock()
  local standing, told, added = {}, {}, 0
  for at = from, #ARGV, 10 do
    local id = ARGV[at]
    local holder = note and note(id) and id
    if not holder then
      holder = put(new_job(ARGV, at, batch), now)
      if not holder then
        told[ARGV[at + 1]] = true
        added = added + 1
      end
    end
    standing[#standing + 1] = holder or id
  end
  for queue in pairs(told) do
    tell(queue)
  end
  return standing, added
end
