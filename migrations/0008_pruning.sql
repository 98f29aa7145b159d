-- What is past its retention is found by an index, and the audit trail is pruned in batches as well.
SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = 0;

CREATE INDEX interactions_oldest ON stockbot.interactions (shop_id, received_at);
CREATE INDEX outbox_oldest ON stockbot.outbox (shop_id, finished_at) WHERE state IN ('done', 'cancelled');

-- As the function with two arguments, but at most so many entries at once.
CREATE FUNCTION stockbot.prune_audit_logs(shop bigint, keep interval, most bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    pruned bigint;
BEGIN
    PERFORM set_config('stockbot.retention', 'on', true);
    DELETE FROM stockbot.discord_audit_logs WHERE id = ANY(ARRAY(
        SELECT id FROM (
            SELECT id, created_at FROM stockbot.discord_audit_logs
            WHERE shop_id = shop AND number < (SELECT max(n.number) FROM stockbot.discord_audit_logs n WHERE n.shop_id = shop)
            ORDER BY number LIMIT most
        ) AS oldest
        WHERE created_at < now() - keep
    ));
    GET DIAGNOSTICS pruned = ROW_COUNT;
    PERFORM set_config('stockbot.retention', 'off', true);
    RETURN pruned;
END $$;
