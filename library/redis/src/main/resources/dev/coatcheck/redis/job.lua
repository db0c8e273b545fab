-- What the scripts on jobs share; put in front of each. All have the same KEYS, and in ARGV[1] the channel on which workers
-- hear the names of queues that have something for them, and an empty text when a running job was cancelled.
--
-- A job is a record in the hash "records", by its id, and texts in the hash "texts", by a letter and its id: "b" is the
-- payload, "p" the progress, "e" the last error. A record is a map in MessagePack; what a later release adds to it is kept.
-- Times are microseconds of this server's clock.
--
-- Indexes are sorted sets without scores, so that they are in the order of their bytes, as an index of a database is.
-- Parts are parted by NUL, which no name has; numbers and ids have a fixed width.
--   turns:   queue, priority (the greatest first), group, due, id: what waits or runs. Who may claim a job is decided by
--            due alone, whether the job waits for its time or for the end of a lease
--   due:     queue, priority, kind, due, id: the same jobs
--   running: queue, id
--   held:    queue, group, due, id: what runs of groups
--   dead:    queue, due, id
-- Beside them:
--   unique:    for queue and key, the id of the job that has it
--   limits:    for queue and group (none: for all groups), what it may have
--   rates:     for queue and group, when its debt is paid (a theoretical arrival time, as GCRA calls it)
--   schedules: for each name, up to when it has fired
--   relayed:   for the id of a job that came from an outbox, until when it is known that it did
--   batches:   by a letter and the id of what follows a batch: "n" is how many of it have not ended, "j" what follows

local keys = {
  records = KEYS[1], texts = KEYS[2], unique = KEYS[3], turns = KEYS[4], due = KEYS[5], running = KEYS[6],
  held = KEYS[7], dead = KEYS[8], limits = KEYS[9], rates = KEYS[10], schedules = KEYS[11], relayed = KEYS[12],
  batches = KEYS[13]}
local CHANNEL = ARGV[1]
local NUL, LAST = '\0', '\255' -- LAST comes after whatever follows a NUL
local WAITS, RUNS, DEAD = 0, 1, 2
local UNLIMITED = 2147483647
local PLAIN, GROUPED = {'pw', 'pr'}, {'gw', 'gr'} -- kinds: without and with a group, what waits and what runs

local function digits(number)
  return string.format('%.0f', number)
end

-- Doubles are exact up to 2^53: until the year 2255.
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function time_text(micros)
  return string.format('%016.0f', micros)
end

local function id_of(member)
  return string.sub(member, -36)
end

local function due_of(member)
  return tonumber(string.sub(member, -53, -38))
end

local function first(key, from, to)
  return redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, 1)[1]
end

-- The greatest priority that a queue has, or the next below one, as the indexes have it.
local function next_priority(queue, above)
  local start = queue .. NUL
  local from = above and '(' .. start .. above .. LAST or '[' .. start
  local member = first(keys.turns, from, '(' .. start .. LAST)
  return member and string.sub(member, #start + 1, #start + 10)
end

local function load(id)
  local record = redis.call('HGET', keys.records, id)
  return record and cmsgpack.unpack(record)
end

-- The job, if it is still of whom this claim has made it.
local function load_held(id, fence)
  local job = load(id)
  if job and job.state == RUNS and job.fence == tonumber(fence) then
    return job
  end
end

-- Where a job stands: pairs of a key and a member.
local function entries(id, job)
  local due = time_text(job.due) .. NUL .. id
  local queue = job.queue .. NUL
  if job.state == DEAD then
    return {{keys.dead, queue .. due}}
  end
  local level = queue .. string.format('%010.0f', 2147483647 - job.priority) .. NUL
  local group = job.group .. NUL
  local kind = (job.group == '' and PLAIN or GROUPED)[1 + job.state] .. NUL
  local all = {{keys.turns, level .. group .. due}, {keys.due, level .. kind .. due}}
  if job.state == RUNS then
    all[#all + 1] = {keys.running, queue .. id}
    if job.group ~= '' then
      all[#all + 1] = {keys.held, queue .. group .. due}
    end
  end
  return all
end

local function remove_entries(id, job)
  for _, entry in ipairs(entries(id, job)) do
    redis.call('ZREM', entry[1], entry[2])
  end
end

local function save(id, job)
  redis.call('HSET', keys.records, id, cmsgpack.pack(job))
  for _, entry in ipairs(entries(id, job)) do
    redis.call('ZADD', entry[1], 0, entry[2])
  end
end

-- Removing comes first: a server that is full allows a script to begin with that, and then all of it.
local function change(id, job, changes)
  remove_entries(id, job)
  for field, value in pairs(changes) do
    job[field] = value
  end
  save(id, job)
end

local function tell(queue)
  redis.call('PUBLISH', CHANNEL, queue)
end

-- A job of ten values from this one on: id, queue, group, payload, delay, priority, unique key (empty for none, or "=" and the
-- key), attempts, and the first and the longest delay of a retry in milliseconds.
local function new_job(values, at, batch)
  return {
    id = values[at], payload = values[at + 3], delay = tonumber(values[at + 4]),
    record = {
      format = 1, queue = values[at + 1], group = values[at + 2], priority = tonumber(values[at + 5]),
      key = values[at + 6], state = WAITS, fence = 0, attempts = 0, max_attempts = tonumber(values[at + 7]),
      first_delay = tonumber(values[at + 8]), max_delay = tonumber(values[at + 9]), batch = batch}}
end

-- Puts a job into its queue. Returns the id of the job that has its unique key, if one has.
local function put(job, now)
  local record = job.record
  local key = record.queue .. NUL .. record.key
  local holder = record.key ~= '' and redis.call('HGET', keys.unique, key)
  if holder then
    return holder
  end
  record.enqueued, record.run, record.due = now, now + job.delay, now + job.delay
  save(job.id, record)
  redis.call('HSET', keys.texts, 'b' .. job.id, job.payload)
  if record.key ~= '' then
    redis.call('HSET', keys.unique, key, job.id)
  end
end

-- A job has ended: that of a batch leaves it, and of the last one what follows is enqueued.
local function leave_batch(job)
  if not job.batch then
    return
  end
  local left, follower = 'n' .. job.batch, 'j' .. job.batch
  if redis.call('HINCRBY', keys.batches, left, -1) == 0 then
    local following = cmsgpack.unpack(redis.call('HGET', keys.batches, follower))
    redis.call('HDEL', keys.batches, left, follower)
    put(following, clock())
    tell(following.record.queue)
  end
  job.batch = nil
end

local function free_key(job)
  if job.key ~= '' and job.state ~= DEAD then
    redis.call('HDEL', keys.unique, job.queue .. NUL .. job.key)
  end
end

local function forget(id, job)
  remove_entries(id, job)
  free_key(job)
  leave_batch(job)
  redis.call('HDEL', keys.records, id)
  redis.call('HDEL', keys.texts, 'b' .. id, 'p' .. id, 'e' .. id)
end

local function die(id, job, now, error)
  remove_entries(id, job)
  free_key(job)
  leave_batch(job)
  job.state, job.due = DEAD, now
  save(id, job)
  redis.call('HSET', keys.texts, 'e' .. id, error)
end

-- What a group may have: its own limit, or that of all groups of its queue; nil where there is none.
local function limit_of(queue, group)
  if group == '' then
    return nil
  end
  local found = redis.call('HMGET', keys.limits, queue .. NUL .. group, queue .. NUL)
  local concurrency, starts, window = string.match(found[1] or found[2] or '', '^(%d+) (%d+) (%d+)$')
  return concurrency and {concurrency = tonumber(concurrency), starts = tonumber(starts), window = tonumber(window)}
end

-- A place of its group is free, and another may run now.
local function tell_of_place(job)
  if limit_of(job.queue, job.group) then
    tell(job.queue)
  end
end
