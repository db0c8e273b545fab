-- A page of the jobs of a queue in a state. ARGV: channel, queue, state, how many, and of the job after which it begins, if
-- it does after any: priority, group, due, id. Returns what people see of each.

local start, state, most = ARGV[2] .. NUL, tonumber(ARGV[3]), tonumber(ARGV[4])
local key = ({[WAITS] = keys.turns, [RUNS] = keys.running, [DEAD] = keys.dead})[state]
local from, to = '[' .. start, '(' .. start .. LAST
if ARGV[5] then
  local due = time_text(tonumber(ARGV[7])) .. NUL .. ARGV[8]
  local level = string.format('%010.0f', 2147483647 - tonumber(ARGV[5])) .. NUL .. ARGV[6] .. NUL
  from = '(' .. start .. ({[WAITS] = level .. due, [RUNS] = ARGV[8], [DEAD] = due})[state]
end

local function next_page()
  if state ~= DEAD then
    return redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, most)
  end
  local newest = ARGV[5] and from or to
  return redis.call('ZREVRANGEBYLEX', key, newest, '[' .. start, 'LIMIT', 0, most)
end

local reply, found = {}, 0
while found < most do
  local page = next_page()
  for _, member in ipairs(page) do
    local id = id_of(member)
    local job = load(id)
    if job.state == state and found < most then
      view(reply, id, job)
      found = found + 1
    end
    from = '(' .. member
  end
  -- Only among what waits is there something else, so that a page may not be enough.
  if #page < most or state ~= WAITS then
    break
  end
end
return reply
