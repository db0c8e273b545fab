-- Asks to do what a key stands for.
-- KEYS: the request. ARGV: fingerprint, lease and time to keep (milliseconds).
-- Returns: 'claimed', token | 'completed', response | 'in progress', milliseconds | 'mismatch' | 'newer'
--
-- A request is one hash: v format, now 1; f fingerprint; t token; e end of the lease, in milliseconds of this server's
-- clock, while it is in progress; r the response, once there is one. It outlives its lease, so that a claimant that was
-- merely slow can still record, unless another came first.

local held = redis.call('HMGET', KEYS[1], 'v', 'f', 't', 'e', 'r')
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if held[1] then
  if held[1] ~= '1' then
    return {'newer'}
  elseif held[2] ~= ARGV[1] then
    return {'mismatch'}
  elseif held[5] then
    return {'completed', held[5]}
  elseif now < tonumber(held[4]) then
    return {'in progress', string.format('%.0f', tonumber(held[4]) - now)}
  end
end

-- Greater than the last, and than any that this server has forgotten.
local token = string.format('%.0f', math.max(time[1] * 1000000 + time[2], tonumber(held[3] or 0) + 1))
redis.call('HSET', KEYS[1], 'v', '1', 'f', ARGV[1], 't', token, 'e', string.format('%.0f', now + tonumber(ARGV[2])))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', tonumber(ARGV[2]) + tonumber(ARGV[3])))
return {'claimed', token}
