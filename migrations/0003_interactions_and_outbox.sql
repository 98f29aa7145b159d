-- What Discord asked and what Discord is owed.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE TABLE stockbot.interactions (
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    application_id bigint NOT NULL,
    token text NOT NULL,
    kind text NOT NULL,
    custom_id text NOT NULL,
    user_id bigint NOT NULL,
    channel_id bigint,
    guild_id bigint,
    locale text NOT NULL,
    pod text NOT NULL,
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'received'
        CHECK (state IN ('received', 'acknowledged', 'finished', 'too_late', 'failed')),
    response jsonb,
    received_at timestamptz NOT NULL DEFAULT now(),
    acknowledged_at timestamptz,
    finished_at timestamptz,
    lease_owner text,
    lease_until timestamptz,
    CONSTRAINT finished_at_exactly_when_over
        CHECK ((finished_at IS NOT NULL) = (state IN ('finished', 'too_late', 'failed')))
) WITH (fillfactor = 80);

CREATE INDEX interactions_unfinished ON stockbot.interactions (bot, kind, acknowledged_at) WHERE state = 'acknowledged';

-- A job is claimed by a lease: `attempts` grows with every claim and so fences out the holder before.
-- `next_at` of a claimed job is the end of its lease.
CREATE TABLE stockbot.outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    application_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('delivery', 'receipt', 'history_post', 'log_post', 'buyer_role')),
    order_id text REFERENCES stockbot.orders,
    payload jsonb NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'failed', 'cancelled')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    lease_owner text,
    lease_until timestamptz,
    nonce text NOT NULL CHECK (char_length(nonce) BETWEEN 1 AND 25),
    sent_at timestamptz,
    discord_message_id bigint,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT outbox_job_once UNIQUE (order_id, kind),
    CONSTRAINT outbox_nonce_once UNIQUE (bot, nonce),
    CONSTRAINT finished_at_exactly_when_over CHECK ((finished_at IS NOT NULL) = (state <> 'pending'))
) WITH (fillfactor = 70);

CREATE INDEX outbox_due ON stockbot.outbox (bot, next_at, id) WHERE state = 'pending';
