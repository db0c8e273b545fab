-- Adds jobs, all or none. ARGV: channel, then the jobs. Returns the ids of the jobs that stand for them.

return add(2)
