-- Counts what is in each queue. Returns for each: its name, how many wait, are delayed, run and are dead, and for how many
-- microseconds the oldest of those that wait could have been run.

local now = clock()

local function each_queue(key, visit)
  local member = first(key, '-', '+')
  while member do
    local queue = string.sub(member, 1, string.find(member, NUL, 1, true) - 1)
    visit(queue)
    member = first(key, '(' .. queue .. NUL .. LAST, '+')
  end
end

local depths = {}
local function depth_of(queue)
  depths[queue] = depths[queue] or {waiting = 0, delayed = 0, running = 0, dead = 0, oldest = 0}
  return depths[queue]
end

local function count(depth, start, later)
  local from, middle, to = '[' .. start, start .. time_text(now) .. LAST, '(' .. start .. LAST
  depth.waiting = depth.waiting + redis.call('ZLEXCOUNT', keys.due, from, '(' .. middle)
  depth[later] = depth[later] + redis.call('ZLEXCOUNT', keys.due, '(' .. middle, to)
  local oldest = first(keys.due, from, to)
  if oldest then
    depth.oldest = math.max(depth.oldest, now - due_of(oldest))
  end
end

each_queue(keys.due, function(queue)
  local depth = depth_of(queue)
  local priority = next_priority(queue)
  while priority do
    for _, kinds in ipairs({PLAIN, GROUPED}) do
      local start = queue .. NUL .. priority .. NUL
      count(depth, start .. kinds[1] .. NUL, 'delayed')
      count(depth, start .. kinds[2] .. NUL, 'running')
    end
    priority = next_priority(queue, priority)
  end
end)
each_queue(keys.dead, function(queue)
  depth_of(queue).dead = redis.call('ZLEXCOUNT', keys.dead, '[' .. queue .. NUL, '(' .. queue .. NUL .. LAST)
end)

local reply = {}
for queue, depth in pairs(depths) do
  for _, value in ipairs({queue, depth.waiting, depth.delayed, depth.running, depth.dead, depth.oldest}) do
    reply[#reply + 1] = value
  end
end
return reply
