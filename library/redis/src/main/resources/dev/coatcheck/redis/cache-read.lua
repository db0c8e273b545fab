-- Reads an entry, and takes the right to load it where there is reason to and nobody has it.
-- KEYS: the entry, the right to load it; and its tags, unless their versions are among the arguments.
-- ARGV: token, lease (milliseconds), how early (load times), whether the caller will wait, how long a tag's version is kept
--   (milliseconds); and the versions of the tags.
-- Returns: 'fresh' | 'stale' | 'due', milliseconds of its time to live that are left, load time, value (absent: nothing)
--   | 'missing' | 'busy', token, milliseconds of the lease that are left
--
-- An entry is "1 STALE LOADTIME KIND VERSIONS\nVALUE". It expires STALE milliseconds after its time to live; KIND is v, or n
-- for nothing. The right to load is held for as long as its key exists, in every format: "1 TOKEN AWAITED VERSIONS".

local versions, unknown = {}, {}
for i = 3, #KEYS do
  versions[i - 2] = redis.call('GET', KEYS[i])
  if not versions[i - 2] then
    -- Nobody knows this version, so no entry has it.
    versions[i - 2] = ARGV[1] .. '.' .. (i - 3)
    unknown[#unknown + 1] = i
  end
end
for i = 6, #ARGV do
  versions[i - 5] = ARGV[i]
end
local wanted = table.concat(versions, ' ')

-- Whether the right is granted; if not, whose it is, or what the server says that is full.
local function grant()
  local held = redis.call('GET', KEYS[2])
  if held then
    local token, awaited, begun = string.match(held, '^1 (%S+) ([01]) (.*)$')
    if not token or begun == wanted then
      if ARGV[4] == '1' and awaited == '0' then
        redis.pcall('SET', KEYS[2], '1 ' .. token .. ' 1 ' .. begun, 'KEEPTTL')
      end
      return false, token or '?'
    end
  end
  local set = redis.pcall('SET', KEYS[2], '1 ' .. ARGV[1] .. ' 0 ' .. wanted, 'PX', ARGV[2])
  if set.err then
    return false, nil, set
  end
  for _, i in ipairs(unknown) do
    redis.call('SET', KEYS[i], versions[i - 2], 'PX', ARGV[5])
  end
  for i = 3, #KEYS do
    redis.call('PEXPIRE', KEYS[i], ARGV[5])
  end
  return true
end

local entry = redis.call('GET', KEYS[1])
if entry then
  local _, head, stale, load_time, kind, loaded = string.find(entry, '^1 (%d+) (%d+) ([vn]) ([^\n]*)\n')
  if head and loaded == wanted then
    local left = redis.call('PTTL', KEYS[1]) - stale
    local state = 'fresh'
    if left <= tonumber(ARGV[3]) * load_time or left <= 0 then
      if grant() then
        state = 'due'
      elseif left <= 0 then
        state = 'stale'
      end
    end
    if kind == 'n' then
      return {state, left, load_time}
    end
    return {state, left, load_time, string.sub(entry, head + 1)}
  end
end

local granted, token, full = grant()
if granted then
  return {'missing'}
end
if full then
  return full
end
return {'busy', token, redis.call('PTTL', KEYS[2])}
