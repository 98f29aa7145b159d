-- Worlds in which customers deposit.
-- Expand only.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE TABLE stockbot.worlds (
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    name text NOT NULL CHECK (name ~ '^[A-Z0-9]{1,24}$'),
    owner text NOT NULL DEFAULT '' CHECK (char_length(owner) <= 40),
    bot text NOT NULL DEFAULT '' CHECK (char_length(bot) <= 40),
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'full', 'closed')),
    note text NOT NULL DEFAULT '' CHECK (char_length(note) <= 500),
    added_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shop_id, name)
);
