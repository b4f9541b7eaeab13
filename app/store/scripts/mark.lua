#!lua flags=allow-oom
-- A write of no meaning. WAIT waits for what its own connection wrote: this one was written after all others before it.
-- KEYS 1 mark (string)
redis.call('SET', KEYS[1], '')
