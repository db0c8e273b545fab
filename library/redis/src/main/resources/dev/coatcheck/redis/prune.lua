-- Drops handles from the index of a user that were listed and turned out not to be live sessions of that user; but none
-- that was mentioned again since, or only shortly before, since a log-in tells the index first and the session then.
-- KEYS: the index. ARGV: shortly before the list was made, handles ...

for i = 2, #ARGV do
  local mentioned = redis.call('ZSCORE', KEYS[1], ARGV[i])
  if mentioned and tonumber(mentioned) < tonumber(ARGV[1]) then
    redis.call('ZREM', KEYS[1], ARGV[i])
  end
end
return {}
