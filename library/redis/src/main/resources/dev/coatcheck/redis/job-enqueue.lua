-- Adds jobs, all or none. ARGV: channel, then the jobs. Returns the ids of the jobs that stand for them.

local standing = add(2)
return standing
