-- What the pods of a bot share: live messages, shards, session starts, registered commands.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- `posting_nonce` is written before a message is posted and cleared when its id is saved.
CREATE TABLE stockbot.displays (
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    bot text NOT NULL,
    name text NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint,
    content_hash text NOT NULL DEFAULT '',
    published_at timestamptz,
    posting_nonce text CHECK (char_length(posting_nonce) BETWEEN 1 AND 25),
    posting_since timestamptz,
    PRIMARY KEY (shop_id, bot, name),
    CONSTRAINT posted_or_posting CHECK (message_id IS NOT NULL OR posting_nonce IS NOT NULL),
    CONSTRAINT since_exactly_when_posting CHECK ((posting_since IS NOT NULL) = (posting_nonce IS NOT NULL))
);

CREATE TABLE stockbot.shard_leases (
    bot text NOT NULL,
    shard integer NOT NULL CHECK (shard >= 0),
    owner text NOT NULL,
    epoch bigint NOT NULL CHECK (epoch > 0),
    expires_at timestamptz NOT NULL,
    session_id text,
    sequence bigint,
    resume_url text,
    handover_to text,
    PRIMARY KEY (bot, shard),
    CONSTRAINT session_is_whole CHECK (num_nulls(session_id, sequence, resume_url) IN (0, 3))
) WITH (fillfactor = 50);

-- Session starts of the current day, counted per key (shard id modulo max_concurrency).
CREATE TABLE stockbot.identify_gate (
    application_id bigint NOT NULL,
    key integer NOT NULL CHECK (key >= 0),
    window_ends_at timestamptz NOT NULL,
    used integer NOT NULL CHECK (used >= 0),
    total integer NOT NULL CHECK (total >= 0),
    last_at timestamptz NOT NULL,
    PRIMARY KEY (application_id, key)
);

CREATE TABLE stockbot.command_sets (
    application_id bigint NOT NULL,
    guild_id bigint NOT NULL,
    fingerprint text NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (application_id, guild_id)
);
