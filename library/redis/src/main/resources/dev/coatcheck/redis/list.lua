-- Lists the index of a user.
-- KEYS: the index. Returns: the time in milliseconds, the handles.

local time = redis.call('TIME')
return {time[1] * 1000 + math.floor(time[2] / 1000), redis.call('ZRANGE', KEYS[1], 0, -1)}
