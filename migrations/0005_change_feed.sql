-- The feed of committed changes to products, stock counts, prices and visibility. Triggers write it, so that plain SQL shows as well.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- Readers compare `xid` with a snapshot: ids of rows do not follow the order of commits, snapshots do.
CREATE TABLE stockbot.change_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    shop_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('product', 'stock', 'shop')),
    product_code text,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX change_events_of_shop ON stockbot.change_events (shop_id, xid);

CREATE FUNCTION stockbot.products_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.change_events (shop_id, kind, product_code)
    SELECT DISTINCT shop_id, 'product', code FROM changed;
    RETURN NULL;
END $$;

CREATE TRIGGER changed_by_insert AFTER INSERT ON stockbot.products
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stockbot.products_changed();
CREATE TRIGGER changed_by_update AFTER UPDATE ON stockbot.products
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stockbot.products_changed();
CREATE TRIGGER changed_by_delete AFTER DELETE ON stockbot.products
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stockbot.products_changed();

CREATE FUNCTION stockbot.stock_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.change_events (shop_id, kind, product_code)
    SELECT DISTINCT shop_id, 'stock', product_code FROM changed WHERE state = 'available';
    RETURN NULL;
END $$;

-- Only a change of what can be sold matters, on the side of the product that lost it and of the one that gained it.
CREATE FUNCTION stockbot.stock_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.change_events (shop_id, kind, product_code)
    SELECT DISTINCT side.shop_id, 'stock', side.product_code
    FROM before JOIN after USING (id),
        LATERAL (VALUES (before.shop_id, before.product_code, before.state = 'available'),
                        (after.shop_id, after.product_code, after.state = 'available'))
            AS side (shop_id, product_code, available)
    WHERE side.available
        AND (before.shop_id, before.product_code, before.state = 'available')
            IS DISTINCT FROM (after.shop_id, after.product_code, after.state = 'available');
    RETURN NULL;
END $$;

CREATE TRIGGER changed_by_insert AFTER INSERT ON stockbot.stock_units
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stockbot.stock_changed();
CREATE TRIGGER changed_by_update AFTER UPDATE ON stockbot.stock_units
REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION stockbot.stock_updated();
CREATE TRIGGER changed_by_delete AFTER DELETE ON stockbot.stock_units
REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION stockbot.stock_changed();

CREATE FUNCTION stockbot.shop_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.change_events (shop_id, kind) VALUES (NEW.id, 'shop');
    RETURN NULL;
END $$;

CREATE TRIGGER changed_by_update AFTER UPDATE ON stockbot.shops FOR EACH ROW
WHEN ((OLD.maintenance, OLD.maintenance_reason) IS DISTINCT FROM (NEW.maintenance, NEW.maintenance_reason))
EXECUTE FUNCTION stockbot.shop_changed();

CREATE FUNCTION stockbot.everything_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.change_events (shop_id, kind) SELECT id, 'shop' FROM stockbot.shops;
    RETURN NULL;
END $$;

CREATE TRIGGER changed_by_truncate AFTER TRUNCATE ON stockbot.products
FOR EACH STATEMENT EXECUTE FUNCTION stockbot.everything_changed();
CREATE TRIGGER changed_by_truncate AFTER TRUNCATE ON stockbot.stock_units
FOR EACH STATEMENT EXECUTE FUNCTION stockbot.everything_changed();
