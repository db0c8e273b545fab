-- Forgets that jobs came from an outbox, long ago: of at most 1,000, which is no fewer than a call brings and takes no time.
local function forget_some_relayed(now)
  local forgotten = redis.call('ZRANGEBYSCORE', keys.relayed, '-inf', digits(now), 'LIMIT', 0, 1000)
  if #forgotten > 0 then
    redis.call('ZREM', keys.relayed, unpack(forgotten))
  end
end
