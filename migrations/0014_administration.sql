-- What administrators need: products that are removed but were sold before, and questions that wait for "yes".
-- Expand only: the previous version takes a removed product for a hidden one.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- Its units and orders refer to it, so it stays; its code may be used again.
ALTER TABLE stockbot.products ADD COLUMN removed_at timestamptz;

-- A question about something that cannot be undone: who asked may confirm it, once, for a time.
CREATE TABLE stockbot.confirmations (
    -- The interaction that asked.
    id bigint PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    user_id bigint NOT NULL,
    deed jsonb NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
