-- Deposits by message or signed request: each credited once, named by its external id; what could not be credited is kept.
-- Expand only.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE TABLE stockbot.deposits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    source text NOT NULL CHECK (source IN ('message', 'http')),
    -- Discord message id (with the number of the row, after the first), or the request id.
    external_id text NOT NULL CHECK (external_id <> ''),
    grow_id text,
    amount bigint CHECK (amount > 0),
    state text NOT NULL CHECK (state IN ('credited', 'unclaimed', 'above_cap', 'unreadable')),
    customer_id bigint REFERENCES stockbot.customers,
    claimed_by bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    credited_at timestamptz,
    CONSTRAINT deposits_once UNIQUE (shop_id, external_id),
    CONSTRAINT customer_exactly_when_credited CHECK ((customer_id IS NOT NULL) = (state = 'credited')),
    CONSTRAINT unreadable_exactly_without_amount CHECK ((amount IS NULL) = (state = 'unreadable')),
    CONSTRAINT credited_at_exactly_when_credited CHECK ((credited_at IS NOT NULL) = (state = 'credited'))
);

CREATE INDEX deposits_open ON stockbot.deposits (shop_id, id) WHERE state IN ('unclaimed', 'above_cap');

-- How far the messages of a deposit channel have been read.
CREATE TABLE stockbot.deposit_cursors (
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    channel_id bigint NOT NULL,
    read_to bigint NOT NULL,
    PRIMARY KEY (shop_id, channel_id)
);
