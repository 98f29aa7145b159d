-- The direct channels that were opened a moment ago are counted whenever a pod takes a shard.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE INDEX direct_channels_newest ON stockbot.direct_channels (application_id, opened_at);
