-- What a lease is good for: a session belongs to the number of shards that it was started with, and a shard is kept for the pod
-- that it is handed over to for a bounded time. The version before leaves all three alone.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

ALTER TABLE stockbot.shard_leases ADD COLUMN total integer CHECK (total > shard);
ALTER TABLE stockbot.shard_leases ADD COLUMN handover_until timestamptz;
