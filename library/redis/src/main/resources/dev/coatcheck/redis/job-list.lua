-- A page of the jobs of a queue in a state. ARGV: channel, queue, state, how many, and of the job after which it begins, if
-- it does after any: priority, group, due, id. Returns what people see of each.

local start, state, most = ARGV[2] .. NUL, tonumber(ARGV[3]), tonumber(ARGV[4])
local key = ({[WAITS] = keys.turns, [RUNS] = keys.running, [DEAD] = keys.dead})[state]
local from, to = '[' .. start, '(' .. start .. LAST
if ARGV[5] then
  local due = time_text(tonumber(ARGV[7])) .. NUL .. ARGV[8]
  local level = string.format('%010.0f', 2147483647 - tonumber(ARGV[5])) .. NUL .. ARGV[6] .. NUL
  local after = '(' .. start .. ({[WAITS] = level .. due, [RUNS] = ARGV[8], [DEAD] = due})[state]
  if state == DEAD then
    to = after
  else
    from = after
  end
end

local function next_page()
  if state == DEAD then
    return redis.call('ZREVRANGEBYLEX', key, to, from, 'LIMIT', 0, most)
  end
  return redis.call('ZRANGEBYLEX', key, from, to, 'LIMIT', 0, most)
end

local reply, found = {}, 0
repeat
  local page = next_page()
  for _, member in ipairs(page) do
    local id = id_of(member)
    local job = load(id)
    if job and job.state == state and found < most then
      view(reply, id, job)
      found = found + 1
    end
    if state == DEAD then
      to = '(' .. member
    else
      from = '(' .. member
    end
  end
  -- Among what waits is what runs, and anywhere what has no record any more, so that a page may not be enough.
until #page < most or found == most
return reply
