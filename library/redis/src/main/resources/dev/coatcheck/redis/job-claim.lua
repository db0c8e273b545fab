-- Claims jobs, and forgets some that have been dead for too long. ARGV: channel, how many, for how long, for how long dead jobs
-- are kept, where the last call said to go on (or an empty text), the queues.
-- Returns: where the next call goes on; in how many microseconds there will be something, where nothing was claimed, or -1;
-- for each job its id, queue, group, payload, attempt, attempts that there may be, fence.
--
-- Priorities are visited from the greatest down. At each, the groups after the last take turns of one job, then of two, of
-- four, and so on, until there is enough. A turn costs a few probes of indexes, however many jobs wait in the group, and
-- there are at most 512 turns in one call: what has not been found by then is found by the next, a little later. A priority
-- has half of those that are left, so that groups that may not start anything hold up no lower priority. Each priority goes
-- on from its own last turn, or else lower ones would have it pass the same groups for ever.

local MOST_LAST_TURNS = 16 -- of priorities beyond, each call begins with the first group
local SHORTEST_PAUSE, LONGEST_PAUSE = 50000, 1000000
local MOST_FORGOTTEN, MOST_SWEPT = 100, 10 -- dead jobs, and the queues that have any
local most, lease, dead_kept = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local queues = {}
for i = 6, #ARGV do
  queues[#queues + 1] = ARGV[i]
end
local now = clock()
local jobs, left, next_due = {}, most, nil

-- Where to go on: how long to pause where turns run out, if not for the shortest time; the queue whose dead jobs were looked at
-- last; by priority, the group that had the last turn; and the priorities, the greatest first.
local pause, swept_before, turns_before = string.match(ARGV[5], '^(%d*)%z([^%z]*)(.*)$')
pause = tonumber(pause) or SHORTEST_PAUSE
local last, priorities = {}, {}
for priority, group in string.gmatch(turns_before or '', '%z(%d+)%z([^%z]*)') do
  last[priority] = group
  priorities[#priorities + 1] = priority
end

-- In the order of bytes; that of Lua itself is the locale's.
local function before(one, other)
  for i = 1, math.min(#one, #other) do
    local a, b = string.byte(one, i), string.byte(other, i)
    if a ~= b then
      return a < b
    end
  end
  return #one < #other
end

local function sooner(micros)
  next_due = math.min(next_due or micros, micros)
end

-- Of all the queues the first that there is, of what is found in each.
local function first_of_all(find)
  local best
  for _, queue in ipairs(queues) do
    local found = find(queue)
    if found and (not best or before(found, best)) then
      best = found
    end
  end
  return best
end

local function next_priority_of_all(above)
  return first_of_all(function(queue)
    return next_priority(queue, above)
  end)
end

local function next_group(priority, after)
  return first_of_all(function(queue)
    local start = queue .. NUL .. priority .. NUL
    local member = first(keys.turns, '(' .. start .. after .. NUL .. LAST, '(' .. start .. LAST)
    return member and string.sub(member, #start + 1, -55)
  end)
end

-- How many jobs of these kinds are due.
local function count_due(priority, kinds)
  local count = 0
  for _, queue in ipairs(queues) do
    for _, kind in ipairs(kinds) do
      local start = queue .. NUL .. priority .. NUL .. kind .. NUL
      count = count + redis.call('ZLEXCOUNT', keys.due, '[' .. start, '(' .. start .. time_text(now) .. LAST)
    end
  end
  return count
end

-- Looks when the first of the jobs that are not due will be.
local function look_ahead(priority)
  for _, queue in ipairs(queues) do
    for _, kinds in ipairs({PLAIN, GROUPED}) do
      for _, kind in ipairs(kinds) do
        local start = queue .. NUL .. priority .. NUL .. kind .. NUL
        local member = first(keys.due, '(' .. start .. time_text(now) .. LAST, '(' .. start .. LAST)
        if member then
          sooner(due_of(member))
        end
      end
    end
  end
end

-- How many jobs of a group may be started now, of so many.
local function allow(queue, group, wanted)
  local limit = limit_of(queue, group)
  if not limit then
    return wanted
  end
  local start = queue .. NUL .. group .. NUL
  if limit.concurrency < UNLIMITED then
    local from, to = '(' .. start .. time_text(now) .. LAST, '(' .. start .. LAST
    local places = limit.concurrency - redis.call('ZLEXCOUNT', keys.held, from, to)
    if places <= 0 then
      sooner(due_of(first(keys.held, from, to)))
      return 0
    end
    wanted = math.min(wanted, places)
  end
  if limit.starts < UNLIMITED then
    local debt = math.max(0, (redis.call('ZSCORE', keys.rates, start) or now) - now)
    -- What a double lacks must not cost a whole start.
    local starts = math.floor((limit.window - debt) * limit.starts / limit.window + 0.000001)
    if starts <= 0 then
      sooner(now + debt + math.floor(limit.window / limit.starts) + 1 - limit.window)
      return 0
    end
    wanted = math.min(wanted, starts)
  end
  return wanted
end

-- Notes that a job of a group was started, where its rate is limited. Debts that are paid say no more than none.
local function charge(queue, group)
  local limit = limit_of(queue, group)
  if limit and limit.starts < UNLIMITED then
    local owed = queue .. NUL .. group .. NUL
    local free = math.max(now, tonumber(redis.call('ZSCORE', keys.rates, owed) or 0))
    redis.call('ZREMRANGEBYSCORE', keys.rates, '-inf', '(' .. digits(now))
    redis.call('ZADD', keys.rates, digits(free + math.floor(limit.window / limit.starts)), owed)
  end
end

-- Has the indexes say of a job what its record says, and nothing where that is gone: it was evicted, for example.
local function mend(id, job, place)
  for _, state in ipairs({WAITS, RUNS}) do
    place.state = state
    remove_entries(id, place)
  end
  if job then
    save(id, job)
  else
    redis.call('HDEL', keys.texts, 'b' .. id, 'p' .. id, 'e' .. id)
  end
end

-- Whether the job at a place was claimed; it is dead instead, where the worker of its last attempt lost it.
local function claim(place)
  local id = id_of(place.member)
  local job = load(id)
  if not job or job.state == DEAD or job.due ~= place.due then
    mend(id, job, place)
    return false
  end
  if job.state == RUNS and job.attempts >= job.max_attempts then
    die(id, job, now, 'the worker of the last attempt lost the job: it died, or was cut off')
    return false
  end
  -- The time keeps a fence from being issued twice, where a crash or a fail-over has cost the server the claim before.
  local fence = math.max(now, job.fence + 1)
  change(id, job, {state = RUNS, due = now + lease, attempts = job.attempts + 1, fence = fence})
  charge(job.queue, job.group)
  for _, value in ipairs({
      id, job.queue, job.group, redis.call('HGET', keys.texts, 'b' .. id), job.attempts, job.max_attempts, job.fence}) do
    jobs[#jobs + 1] = value
  end
  left = left - 1
  return true
end

-- A turn: claims jobs of one group, or of none. Returns how many were claimed, were dead, or were none.
local function take(priority, group, wanted)
  local due = {}
  for _, queue in ipairs(queues) do
    local allowed = allow(queue, group, wanted)
    if allowed > 0 then
      local start = queue .. NUL .. priority .. NUL .. group .. NUL
      local to = '(' .. start .. time_text(now) .. LAST
      for _, member in ipairs(redis.call('ZRANGEBYLEX', keys.turns, '[' .. start, to, 'LIMIT', 0, allowed)) do
        due[#due + 1] = {
          member = string.sub(member, -53), queue = queue, group = group, priority = 2147483647 - tonumber(priority),
          due = due_of(member)}
      end
    end
  end
  if #queues > 1 then
    table.sort(due, function(one, other)
      return before(one.member, other.member)
    end)
  end
  local taken = math.min(#due, wanted)
  for i = 1, taken do
    claim(due[i])
  end
  return taken
end

-- Goes round the groups of a priority, until there is nothing left to give, to take, or to find. Returns how many of its
-- turns are left, and whether it came past the last group.
local function go_round(priority, turns)
  local plain, grouped = count_due(priority, PLAIN), count_due(priority, GROUPED)
  local due = plain + grouped
  local quota = grouped > 0 and 1 or left
  local found, passed = due, false
  while found > 0 and due > 0 and left > 0 and turns > 0 do
    found = 0
    local begun, wrapped = last[priority] or '', false
    while due > 0 and left > 0 and turns > 0 do
      local group = grouped > 0 and next_group(priority, last[priority] or '')
      if not group then
        if wrapped then
          break
        end
        wrapped, passed, group = true, true, ''
      end
      if wrapped and before(begun, group) then
        break
      end
      turns = turns - 1
      if grouped > 0 then
        last[priority] = group
      end
      local taken = take(priority, group, math.min(quota, left))
      found, due = found + taken, due - taken
    end
    quota = quota * 2
  end
  return turns, passed
end

local turns_left, unfinished, came_round, visited = 512, false, false, {}
local priority = next_priority_of_all()
while priority and left > 0 and turns_left > 0 do
  local turns = math.ceil(turns_left / 2)
  local unused, passed = go_round(priority, turns)
  if unused == 0 then
    unfinished, came_round = true, came_round or passed
  end
  turns_left = turns_left - turns + unused
  visited[#visited + 1] = priority
  priority = next_priority_of_all(priority)
end

local wait = -1
if left == most then
  local each = next_priority_of_all()
  while each do
    look_ahead(each)
    each = next_priority_of_all(each)
  end
  if unfinished then
    -- Not at once: where very many groups may not start anything, it would be for ever; and ever later, once all were seen.
    sooner(now + pause)
  end
  if next_due then
    wait = math.min(math.max(next_due - now, 0), 86400000000)
  end
end

local function next_pause()
  if left < most or not unfinished then
    return SHORTEST_PAUSE
  end
  return came_round and math.min(2 * pause, LONGEST_PAUSE) or pause
end

-- Of the priorities that were visited, and of those that this call did not come to.
local function last_turns()
  local lowest = visited[#visited]
  for _, each in ipairs(priorities) do
    if not lowest or each > lowest then
      visited[#visited + 1] = each
    end
  end
  local turns = {}
  for _, each in ipairs(visited) do
    if last[each] and #turns < MOST_LAST_TURNS then
      turns[#turns + 1] = NUL .. each .. NUL .. last[each]
    end
  end
  return table.concat(turns)
end

-- Forgets a job that is dead. One whose record is gone, or cannot be read, or lacks a field, holds up no claim.
local function forget_dead(member)
  local id = id_of(member)
  redis.call('ZREM', keys.dead, member)
  local is_forgotten = pcall(function()
    local job = load(id)
    if job.state == DEAD then
      forget(id, job)
    end
  end)
  if not is_forgotten then
    redis.call('HDEL', keys.records, id)
    redis.call('HDEL', keys.texts, 'b' .. id, 'p' .. id, 'e' .. id)
  end
end

-- Forgets some jobs that died too long ago, of whatever queue: nobody may serve it any more, and claims come as long as any is
-- served. Returns the queue that was looked at last, after which the next call goes on.
local function sweep_dead(swept)
  local some = MOST_FORGOTTEN
  for _ = 1, MOST_SWEPT do
    local oldest = first(keys.dead, '(' .. swept .. NUL .. LAST, '+')
    if not oldest then
      return ''
    end
    swept = string.sub(oldest, 1, string.find(oldest, NUL, 1, true) - 1)
    local start = swept .. NUL
    local to = '(' .. start .. time_text(now - dead_kept)
    local expired = redis.call('ZRANGEBYLEX', keys.dead, '[' .. start, to, 'LIMIT', 0, some)
    for _, member in ipairs(expired) do
      forget_dead(member)
    end
    some = some - #expired
    if some == 0 then
      break
    end
  end
  return swept
end

local after = next_pause()
local swept = sweep_dead(swept_before or '')
local reply = {(after > SHORTEST_PAUSE and digits(after) or '') .. NUL .. swept .. last_turns(), wait}
for _, value in ipairs(jobs) do
  reply[#reply + 1] = value
end
return reply
