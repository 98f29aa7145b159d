-- Goods without a queue: direct channels that are opened once, jobs found by their kind, interactions found that nobody finished.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- Opening a direct channel is what Discord limits most; a channel stays the same for ever.
CREATE TABLE stockbot.direct_channels (
    application_id bigint NOT NULL,
    user_id bigint NOT NULL,
    channel_id bigint NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (application_id, user_id)
);

-- Each kind of job is looked for on its own, so that goods never wait behind posts.
CREATE INDEX outbox_due_by_kind ON stockbot.outbox (bot, kind, next_at, id) WHERE state = 'pending';

-- An acknowledgement is not always written down: what was received and not finished is looked into as well.
CREATE INDEX interactions_open ON stockbot.interactions (bot, received_at) WHERE state IN ('received', 'acknowledged');
