-- How many units of a product can be sold, kept by whatever changes them, so that nobody counts units to show a number.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- A product's count is the sum of its parts. It is split because every sale changes one: with a single row, all sales of a product
-- would wait for each other.
CREATE TABLE stockbot.stock_counts (
    shop_id bigint NOT NULL,
    product_code text NOT NULL,
    part smallint NOT NULL,
    available bigint NOT NULL,
    PRIMARY KEY (shop_id, product_code, part),
    FOREIGN KEY (shop_id, product_code) REFERENCES stockbot.products ON UPDATE CASCADE ON DELETE CASCADE
) WITH (fillfactor = 50);

-- The feed's triggers see every change of units; from now on they also count. Each session has its part.
CREATE OR REPLACE FUNCTION stockbot.stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT shop_id, product_code, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END AS units
        FROM changed WHERE state = 'available' GROUP BY shop_id, product_code ORDER BY shop_id, product_code
    ), counted AS (
        INSERT INTO stockbot.stock_counts AS kept (shop_id, product_code, part, available)
        SELECT shop_id, product_code, pg_backend_pid() % 16, units FROM moved
        ON CONFLICT (shop_id, product_code, part) DO UPDATE SET available = kept.available + excluded.available
    )
    INSERT INTO stockbot.change_events (shop_id, kind, product_code)
    SELECT shop_id, 'stock', product_code FROM moved;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION stockbot.stock_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS (
        SELECT side.shop_id, side.product_code, sum(side.units) AS units
        FROM before JOIN after USING (id),
            LATERAL (VALUES (before.shop_id, before.product_code, before.state, -1),
                            (after.shop_id, after.product_code, after.state, 1))
                AS side (shop_id, product_code, state, units)
        WHERE side.state = 'available'
        GROUP BY side.shop_id, side.product_code HAVING sum(side.units) <> 0
        ORDER BY side.shop_id, side.product_code
    ), counted AS (
        INSERT INTO stockbot.stock_counts AS kept (shop_id, product_code, part, available)
        SELECT shop_id, product_code, pg_backend_pid() % 16, units FROM moved
        ON CONFLICT (shop_id, product_code, part) DO UPDATE SET available = kept.available + excluded.available
    )
    INSERT INTO stockbot.change_events (shop_id, kind, product_code)
    SELECT shop_id, 'stock', product_code FROM moved;
    RETURN NULL;
END $$;

CREATE FUNCTION stockbot.stock_truncated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM stockbot.stock_counts;
    RETURN NULL;
END $$;

-- Waits for whoever is changing units, and keeps others waiting while they are counted for the first time.
CREATE TRIGGER counted_by_truncate AFTER TRUNCATE ON stockbot.stock_units
FOR EACH STATEMENT EXECUTE FUNCTION stockbot.stock_truncated();

INSERT INTO stockbot.stock_counts (shop_id, product_code, part, available)
SELECT shop_id, product_code, 0, count(*) FROM stockbot.stock_units
WHERE state = 'available' GROUP BY shop_id, product_code;
