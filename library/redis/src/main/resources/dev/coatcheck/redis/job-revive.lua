-- Makes a dead job wait again, as if it had never been tried. Returns whether it does: not while another has its key.
local function revive(id, job, now)
  if job.key ~= '' and redis.call('HEXISTS', keys.unique, job.queue .. NUL .. job.key) == 1 then
    return false
  end
  change(id, job, {state = WAITS, run = now, due = now, attempts = 0})
  redis.call('HDEL', keys.texts, 'e' .. id)
  if job.key ~= '' then
    redis.call('HSET', keys.unique, job.queue .. NUL .. job.key, id)
  end
  return true
end
