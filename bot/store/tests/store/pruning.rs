//! Old rows go in batches, found by an index, however many there are: `STOCKBOT_TEST_ROWS` says how many in each table and shop
//! (`make bench` asks for a million); the time is printed.

use std::{
    env,
    time::{Duration, Instant},
};

use stockbot_harness::{Postgres, eventually};
use stockbot_store::{Store, StoreError, changes, interactions, logs, outbox};

use crate::shop::{BOT, DEADLINE, Shop};

const HOUR: Duration = Duration::from_hours(1);
/// Rows of a shop in every table that is pruned: so many past their retention, so many not.
struct Rows {
    old: u64,
    new: u64,
}

impl Rows {
    const FEW: Self = Self { old: 12_000, new: 3_000 };

    /// As many as are asked for.
    fn wanted() -> Self {
        let wanted = env::var("STOCKBOT_TEST_ROWS").ok().map(|rows| rows.parse::<u64>().unwrap());
        wanted.map_or(Self::FEW, |rows| Self { old: rows * 4 / 5, new: rows / 5 })
    }
}

/// A shop with these rows, and its neighbour with as many of its own.
async fn full(server: &Postgres, Rows { old, new }: &Rows) -> Shop {
    let shop = Shop::open_in(server.database().await, |_| {}).await;
    let sql = "
        INSERT INTO stockbot.change_events (shop_id, kind, at) SELECT $shop, 'stock', $at FROM $rows;
        INSERT INTO stockbot.interactions
                (id, shop_id, bot, application_id, token, kind, custom_id, user_id, locale, pod, payload, state, received_at, finished_at)
            SELECT $shop * 1000000 + n, $shop, '$bot', 1, 't', 'purchase', 'c', 1, 'en', 'p', '{}',
                CASE WHEN n % 7 = 0 THEN 'acknowledged' ELSE 'finished' END, $at, CASE WHEN n % 7 > 0 THEN $at END
            FROM $rows;
        INSERT INTO stockbot.outbox (shop_id, bot, application_id, kind, payload, nonce, state, created_at, finished_at)
            SELECT $shop, '$bot', 1, 'log_post', '{\"token\": \"t\"}', $shop || '-' || n,
                CASE WHEN n % 5 = 0 THEN 'failed' ELSE 'done' END, $at, $at FROM $rows;
        INSERT INTO stockbot.discord_command_logs
                (shop_id, bot, user_id, user_name, command, arguments, outcome, duration_ms, created_at)
            SELECT $shop, '$bot', 1, 'u', 'c', '{}', 'success', 1, $at FROM $rows;
        ALTER TABLE stockbot.discord_audit_logs DISABLE TRIGGER give_number;
        INSERT INTO stockbot.discord_audit_logs (shop_id, number, severity, action, actor_id, actor_name, target, details, created_at)
            SELECT $shop, n, 'info', 'a', 1, 'o', 't', '{}', $at FROM $rows;
        ALTER TABLE stockbot.discord_audit_logs ENABLE TRIGGER give_number;
        ANALYZE";
    let rows = format!("generate_series(1, {}) AS n", old + new);
    let at = format!("CASE WHEN n <= {old} THEN now() - interval '2 hours' ELSE now() END");
    let currency = stockbot_config::Currency::default();
    let neighbour = stockbot_store::shops::ensure_shop(&shop.store, "else", "shop", &currency).await.unwrap();
    for shop_id in [shop.id, neighbour] {
        let sql = sql.replace("$shop", &shop_id.get().to_string()).replace("$bot", BOT);
        shop.database.execute(&sql.replace("$rows", &rows).replace("$at", &at)).await;
    }
    shop
}

async fn prune_everything(shop: &Shop, store: &Store) -> [Result<u64, StoreError>; 5] {
    [
        changes::prune(store, shop.id, HOUR).await,
        interactions::prune_interactions(store, shop.id, HOUR).await,
        outbox::prune_outbox(store, shop.id, HOUR).await,
        logs::prune_command_log(store, shop.id, HOUR).await,
        logs::prune_audit_log(store, shop.id, HOUR).await,
    ]
}

#[tokio::test]
async fn all_that_is_old_goes_and_nothing_else_without_reading_a_whole_table() {
    // A server of its own, on which nobody else decides about plans.
    let server = Postgres::start().await.unwrap();
    let rows = Rows::wanted();
    let shop = full(&server, &rows).await;
    let store = shop.watched_anew().await;
    let begun = Instant::now();
    assert_eq!(interactions::forget_tokens(&store, shop.id, HOUR).await.unwrap(), rows.old);
    assert_eq!(outbox::forget_tokens(&store, shop.id, HOUR).await.unwrap(), rows.old);
    println!("{:.1?} for the tokens of {} rows in each of 2 tables", begun.elapsed(), rows.old);
    assert_eq!(outbox::forget_tokens(&store, shop.id, HOUR).await.unwrap(), 0);
    let begun = Instant::now();
    for pruned in prune_everything(&shop, &store).await {
        assert_eq!(pruned.unwrap(), rows.old);
    }
    println!("{:.1?} for {} rows in each of 5 tables", begun.elapsed(), rows.old);
    for again in prune_everything(&shop, &store).await {
        assert_eq!(again.unwrap(), 0);
    }
    store.close().await;
    let tables = "('change_events', 'interactions', 'outbox', 'discord_command_logs', 'discord_audit_logs')";
    let left = "SELECT string_agg(rows::text, ' ') FROM (
            SELECT count(*) AS rows FROM stockbot.change_events WHERE kind = 'stock' GROUP BY shop_id
            UNION ALL SELECT count(*) FROM stockbot.interactions GROUP BY shop_id
            UNION ALL SELECT count(*) FROM stockbot.outbox GROUP BY shop_id
            UNION ALL SELECT count(*) FROM stockbot.discord_command_logs GROUP BY shop_id
            UNION ALL SELECT count(*) FROM stockbot.discord_audit_logs GROUP BY shop_id
        ) AS counts WHERE rows NOT IN ($new, $all)";
    let left =
        left.replace("$new", &rows.new.to_string()).replace("$all", &(rows.old + rows.new).to_string());
    // Read before anybody looks at the tables by hand.
    let deleted = format!("SELECT sum(n_tup_del) FROM pg_stat_user_tables WHERE relname IN {tables}");
    eventually(DEADLINE, "the session has counted", || async {
        let counted = shop.database.text(&deleted).await;
        if counted == (5 * rows.old).to_string() { Ok(()) } else { Err(counted) }
    })
    .await;
    let whole = format!(
        "SELECT string_agg(relname || ' ' || seq_scan, ', ') FROM pg_stat_user_tables WHERE seq_scan > 0 AND relname IN {tables}"
    );
    assert_eq!(shop.database.text(&whole).await, "");
    assert_eq!(shop.database.text(&left).await, "");
}

#[tokio::test]
async fn one_statement_removes_no_more_than_a_batch() {
    let shop = full(Postgres::shared().await, &Rows::FEW).await;
    shop.database
        .execute(
            "CREATE TABLE public.statements (rows bigint);
             GRANT ALL ON public.statements TO PUBLIC;
             CREATE FUNCTION public.note() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN INSERT INTO public.statements SELECT count(*) FROM gone; RETURN NULL; END $$;
             CREATE TRIGGER note AFTER DELETE ON stockbot.interactions
                REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.note()",
        )
        .await;
    interactions::prune_interactions(&shop.store, shop.id, HOUR).await.unwrap();
    let sizes = "SELECT string_agg(rows::text, ' ' ORDER BY rows) FROM public.statements";
    assert_eq!(shop.database.text(sizes).await, "2000 5000 5000");
}
