-- Tokens of interactions are blanked when their time is over, and jobs that were given up are removed by age as well.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE INDEX interactions_tokens ON stockbot.interactions (shop_id, received_at) WHERE token <> '';
CREATE INDEX outbox_tokens ON stockbot.outbox (shop_id, created_at) WHERE payload->>'token' <> '';
CREATE INDEX outbox_given_up ON stockbot.outbox (shop_id, finished_at) WHERE state = 'failed' AND kind <> 'delivery';
