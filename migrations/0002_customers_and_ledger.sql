-- Customers, the double-entry ledger and orders.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE TABLE stockbot.customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    discord_user_id bigint NOT NULL,
    grow_id text NOT NULL CHECK (grow_id ~ '^[A-Za-z0-9_]{3,20}$'),
    grow_id_folded text COLLATE "C" NOT NULL GENERATED ALWAYS AS (lower(grow_id COLLATE "C")) STORED,
    blacklisted boolean NOT NULL DEFAULT false,
    locale text NOT NULL DEFAULT 'id' CHECK (locale IN ('id', 'en')),
    registered_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_user_once UNIQUE (shop_id, discord_user_id),
    CONSTRAINT customers_grow_id_once UNIQUE (shop_id, grow_id_folded)
);

-- One account per customer, and the shop's own. `sales` is split into parts, because a sale updates one of them and
-- a single row would make all sales wait for each other.
CREATE TABLE stockbot.accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    kind text NOT NULL CHECK (kind IN ('customer', 'sales', 'deposits', 'adjustments')),
    part smallint NOT NULL DEFAULT 0,
    customer_id bigint UNIQUE REFERENCES stockbot.customers,
    balance bigint NOT NULL DEFAULT 0,
    version bigint NOT NULL DEFAULT 0,
    CONSTRAINT customer_exactly_for_customers CHECK ((customer_id IS NOT NULL) = (kind = 'customer')),
    CONSTRAINT customers_never_owe CHECK (kind <> 'customer' OR balance >= 0)
) WITH (fillfactor = 70);

CREATE UNIQUE INDEX accounts_of_shop ON stockbot.accounts (shop_id, kind, part) WHERE customer_id IS NULL;

-- Accounts come with their owner, also when an import writes plain SQL.
CREATE FUNCTION stockbot.shops_open_accounts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.accounts (shop_id, kind, part)
    SELECT NEW.id, 'sales', part FROM generate_series(0, 15) AS part
    UNION ALL VALUES (NEW.id, 'deposits', 0), (NEW.id, 'adjustments', 0);
    RETURN NULL;
END $$;

CREATE TRIGGER open_accounts AFTER INSERT ON stockbot.shops
FOR EACH ROW EXECUTE FUNCTION stockbot.shops_open_accounts();

CREATE FUNCTION stockbot.customers_open_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO stockbot.accounts (shop_id, kind, customer_id) VALUES (NEW.shop_id, 'customer', NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER open_account AFTER INSERT ON stockbot.customers
FOR EACH ROW EXECUTE FUNCTION stockbot.customers_open_account();

CREATE TABLE stockbot.orders (
    id text PRIMARY KEY CHECK (id ~ '^[0-9A-HJKMNP-TV-Z]{8}$'),
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    customer_id bigint NOT NULL REFERENCES stockbot.customers,
    interaction_id bigint NOT NULL UNIQUE,
    -- The interaction that showed the confirmation: a second click on it buys nothing.
    confirmation_id bigint NOT NULL UNIQUE,
    product_code text NOT NULL,
    product_name text NOT NULL,
    quantity integer NOT NULL CHECK (quantity > 0),
    unit_price bigint NOT NULL CHECK (unit_price > 0),
    total bigint NOT NULL,
    state text NOT NULL DEFAULT 'paid' CHECK (state IN ('paid', 'delivered', 'refunded')),
    created_at timestamptz NOT NULL DEFAULT now(),
    delivered_at timestamptz,
    delivered_via text CHECK (delivered_via IN ('dm', 'reply', 'orders')),
    refunded_at timestamptz,
    CONSTRAINT total_is_quantity_times_price CHECK (total = unit_price * quantity),
    CONSTRAINT delivered_at_exactly_when_delivered CHECK ((delivered_at IS NOT NULL) = (state = 'delivered')),
    CONSTRAINT refunded_at_exactly_when_refunded CHECK ((refunded_at IS NOT NULL) = (state = 'refunded'))
);

CREATE INDEX orders_of_customer ON stockbot.orders (shop_id, customer_id, created_at DESC, id DESC);

CREATE TABLE stockbot.ledger_transfers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    kind text NOT NULL
        CHECK (kind IN ('purchase', 'deposit', 'refund', 'admin_add', 'admin_remove', 'admin_reset')),
    external_id text NOT NULL CHECK (external_id <> ''),
    order_id text REFERENCES stockbot.orders,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ledger_transfers_once UNIQUE (shop_id, kind, external_id),
    CONSTRAINT order_exactly_for_sales CHECK ((order_id IS NOT NULL) = (kind IN ('purchase', 'refund')))
);

-- An order is paid once and refunded at most once.
CREATE UNIQUE INDEX ledger_transfers_of_order ON stockbot.ledger_transfers (order_id, kind) WHERE order_id IS NOT NULL;

CREATE TABLE stockbot.ledger_entries (
    transfer_id bigint NOT NULL REFERENCES stockbot.ledger_transfers,
    account_id bigint NOT NULL REFERENCES stockbot.accounts,
    amount bigint NOT NULL CHECK (amount <> 0),
    balance_after bigint NOT NULL,
    account_version bigint NOT NULL CHECK (account_version > 0),
    PRIMARY KEY (account_id, account_version)
);

CREATE INDEX ledger_entries_of_transfer ON stockbot.ledger_entries (transfer_id);
