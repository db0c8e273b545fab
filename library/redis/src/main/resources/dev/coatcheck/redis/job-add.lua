-- Adds jobs, each of ten arguments from this one on: id, queue, group, payload, delay, priority, unique key (empty for none,
-- or "=" and the key), attempts, and the first and the longest delay of a retry in milliseconds.
-- Those that are known are left out. Returns for each the id of the job that stands for it: its own, or that of the job that
-- has its unique key.
local function add(from, is_known)
  local now = clock()
  local standing, told = {}, {}
  for at = from, #ARGV, 10 do
    local id, queue, key = ARGV[at], ARGV[at + 1], ARGV[at + 6]
    local holder = is_known and is_known(id) and id or key ~= '' and redis.call('HGET', keys.unique, queue .. NUL .. key)
    if not holder then
      local due = now + tonumber(ARGV[at + 4])
      save(id, {
        format = 1, queue = queue, group = ARGV[at + 2], priority = tonumber(ARGV[at + 5]), key = key,
        state = WAITS, fence = 0, attempts = 0, max_attempts = tonumber(ARGV[at + 7]),
        first_delay = tonumber(ARGV[at + 8]), max_delay = tonumber(ARGV[at + 9]), enqueued = now, run = due, due = due})
      redis.call('HSET', keys.texts, 'b' .. id, ARGV[at + 3])
      if key ~= '' then
        redis.call('HSET', keys.unique, queue .. NUL .. key, id)
      end
      told[queue] = true
    end
    standing[#standing + 1] = holder or id
  end
  for queue in pairs(told) do
    tell(queue)
  end
  return standing
end
