-- Live messages that are not wanted any more and could not be removed yet, as when the bot may not see their channel for a while.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- Without `message_id` it is a post whose answer never came: it is looked for among what was posted after `since`.
CREATE TABLE stockbot.display_leftovers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    bot text NOT NULL,
    name text NOT NULL,
    channel_id bigint NOT NULL,
    message_id bigint,
    since timestamptz NOT NULL
);

CREATE INDEX display_leftovers_of_bot ON stockbot.display_leftovers (shop_id, bot);
