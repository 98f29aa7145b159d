-- Shops, what they sell and the units in stock.
-- Every migration bounds its waits: nobody who sells is held up longer than this, the migrating pod tries again instead.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

-- The key of an advisory lock on one thing of a kind. Kinds: 'doors' (may this shop sell), 'restock', 'audit', 'identify'.
CREATE FUNCTION stockbot.lock_key(kind text, id bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN hashtextextended('stockbot/' || kind || '/' || id, 0);

CREATE TABLE stockbot.shops (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    namespace text NOT NULL,
    name text NOT NULL,
    currency jsonb NOT NULL,
    maintenance boolean NOT NULL DEFAULT false,
    maintenance_reason text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (namespace, name)
);

CREATE TABLE stockbot.products (
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    code text NOT NULL CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{0,31}$'),
    name text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 100),
    price bigint NOT NULL CHECK (price BETWEEN 1 AND 1000000000000),
    description text NOT NULL DEFAULT '' CHECK (char_length(description) <= 1000),
    category text NOT NULL DEFAULT '' CHECK (char_length(category) <= 100),
    featured boolean NOT NULL DEFAULT false,
    position integer NOT NULL DEFAULT 0,
    active boolean NOT NULL DEFAULT true,
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (shop_id, code)
);

CREATE FUNCTION stockbot.products_count_version() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.version := OLD.version + 1;
    NEW.updated_at := now();
    RETURN NEW;
END $$;

CREATE TRIGGER count_version BEFORE UPDATE ON stockbot.products
FOR EACH ROW EXECUTE FUNCTION stockbot.products_count_version();

-- One row is one unit that can be sold once. The id is the order of arrival and so the order of sale.
CREATE TABLE stockbot.stock_units (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    product_code text NOT NULL,
    content text NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 2000),
    state text NOT NULL DEFAULT 'available' CHECK (state IN ('available', 'reserved', 'sold', 'removed')),
    order_id text,
    added_by bigint,
    added_at timestamptz NOT NULL DEFAULT now(),
    sold_at timestamptz,
    FOREIGN KEY (shop_id, product_code) REFERENCES stockbot.products,
    UNIQUE (shop_id, content),
    CONSTRAINT order_exactly_when_taken CHECK ((order_id IS NOT NULL) = (state IN ('reserved', 'sold'))),
    CONSTRAINT sold_at_exactly_when_sold CHECK ((sold_at IS NOT NULL) = (state = 'sold'))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

CREATE INDEX stock_units_available ON stockbot.stock_units (shop_id, product_code, id) WHERE state = 'available';
CREATE INDEX stock_units_of_order ON stockbot.stock_units (order_id) WHERE order_id IS NOT NULL;
