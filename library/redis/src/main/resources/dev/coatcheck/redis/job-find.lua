-- ARGV: channel, id. Returns what people see of a job; nothing where there is none.

local reply = {}
local job = load(ARGV[2])
if job then
  view(reply, ARGV[2], job)
end
return reply
