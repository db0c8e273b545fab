-- Reads all flags, unless they are known.
-- KEYS: the flags, a hash of "flag:" and the name to a text, with the "version" beside them. ARGV: the known version.
-- Returns: nothing | version, then name and text of each

local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version == ARGV[1] then
  return {}
end
local reply = {version}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 5) == 'flag:' then
    reply[#reply + 1] = string.sub(all[i], 6)
    reply[#reply + 1] = all[i + 1]
  end
end
return reply
