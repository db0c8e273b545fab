-- Appends what people see of a job: id, queue, group, payload, state, priority, attempts, attempts that there may be, times
-- at which it was enqueued, may be run and is due, progress, last error.
local function view(reply, id, job)
  local texts = redis.call('HMGET', keys.texts, 'b' .. id, 'p' .. id, 'e' .. id)
  for _, value in ipairs({
      id, job.queue, job.group, texts[1], job.state, job.priority, job.attempts, job.max_attempts,
      digits(job.enqueued), digits(job.run), digits(job.due), texts[2], texts[3]}) do
    reply[#reply + 1] = value
  end
end
