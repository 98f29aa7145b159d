-- Logs for people: commands, the audit trail, performance samples, clicks.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE TABLE stockbot.discord_command_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    interaction_id bigint UNIQUE,
    user_id bigint NOT NULL,
    user_name text NOT NULL,
    channel_id bigint,
    guild_id bigint,
    command text NOT NULL,
    arguments jsonb NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('success', 'refused', 'error')),
    duration_ms bigint NOT NULL CHECK (duration_ms >= 0),
    error text,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX discord_command_logs_newest ON stockbot.discord_command_logs (shop_id, created_at DESC, id DESC);
CREATE INDEX discord_command_logs_of_user ON stockbot.discord_command_logs (shop_id, user_id, created_at DESC);

-- Append-only. `number` is 1, 2, 3 ... per shop without gaps: a missing row shows.
CREATE TABLE stockbot.discord_audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL REFERENCES stockbot.shops,
    number bigint NOT NULL,
    severity text NOT NULL CHECK (severity IN ('info', 'warning', 'critical')),
    action text NOT NULL,
    actor_id bigint NOT NULL,
    actor_name text NOT NULL,
    target text NOT NULL,
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (shop_id, number)
);

-- Numbers are given under a lock that is held until commit, so a rolled back entry leaves no gap.
CREATE FUNCTION stockbot.audit_number() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(stockbot.lock_key('audit', NEW.shop_id));
    SELECT coalesce(max(number), 0) + 1 INTO NEW.number FROM stockbot.discord_audit_logs WHERE shop_id = NEW.shop_id;
    RETURN NEW;
END $$;

CREATE TRIGGER give_number BEFORE INSERT ON stockbot.discord_audit_logs
FOR EACH ROW EXECUTE FUNCTION stockbot.audit_number();

CREATE FUNCTION stockbot.audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND current_setting('stockbot.retention', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stockbot.discord_audit_logs
FOR EACH ROW EXECUTE FUNCTION stockbot.audit_is_append_only();
CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON stockbot.discord_audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION stockbot.audit_is_append_only();

-- The only way to remove entries: those older than their retention, but never the newest, so that numbers go on.
CREATE FUNCTION stockbot.prune_audit_logs(shop bigint, keep interval) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    pruned bigint;
BEGIN
    PERFORM set_config('stockbot.retention', 'on', true);
    DELETE FROM stockbot.discord_audit_logs a
    WHERE a.shop_id = shop AND a.created_at < now() - keep
        AND a.number < (SELECT max(n.number) FROM stockbot.discord_audit_logs n WHERE n.shop_id = shop);
    GET DIAGNOSTICS pruned = ROW_COUNT;
    PERFORM set_config('stockbot.retention', 'off', true);
    RETURN pruned;
END $$;

CREATE TABLE stockbot.discord_performance_metrics (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    pod text NOT NULL,
    uptime_seconds bigint NOT NULL,
    latency_ms bigint,
    memory_bytes bigint NOT NULL,
    cpu_percent double precision NOT NULL,
    healthy boolean NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX discord_performance_metrics_newest ON stockbot.discord_performance_metrics (shop_id, at DESC);

CREATE TABLE stockbot.button_analytics (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shop_id bigint NOT NULL,
    bot text NOT NULL,
    display text NOT NULL,
    user_id bigint NOT NULL,
    button text NOT NULL,
    step text NOT NULL CHECK (step IN ('click', 'modal', 'purchase')),
    variant text NOT NULL DEFAULT '',
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX button_analytics_newest ON stockbot.button_analytics (shop_id, at DESC);
