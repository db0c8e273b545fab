-- Replays dead jobs of a queue, the latest first. ARGV: channel, queue, how many. Returns how many wait now.
-- Those that cannot be replayed are not counted among how many, but looked at, and the server does nothing else meanwhile.

local looks_left = 5000
local start, most, now = ARGV[2] .. NUL, tonumber(ARGV[3]), clock()
local replayed, to, page = 0, '(' .. start .. LAST, nil
repeat
  page = redis.call('ZREVRANGEBYLEX', keys.dead, to, '[' .. start, 'LIMIT', 0, 100)
  for _, member in ipairs(page) do
    if replayed == most then
      break
    end
    local id = id_of(member)
    local job = load(id)
    if not job or job.state ~= DEAD then
      redis.call('ZREM', keys.dead, member)
    elseif revive(id, job, now) then
      replayed = replayed + 1
    end
    to = '(' .. member
  end
  looks_left = looks_left - #page
until #page == 0 or replayed == most or looks_left <= 0
if replayed > 0 then
  tell(ARGV[2])
end
return {replayed}
