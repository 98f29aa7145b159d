use stockbot_config::Locale;
use stockbot_store::{
    Deliverer, OrderState,
    OutboxKind::{self, BuyerRole, Delivery, HistoryPost, LogPost, Receipt},
    ProductChange, PurchaseEffects, PurchaseOutcome, PurchaseRequest, Refusal, SalePayload, customers,
    orders, outbox, products, shops,
};

use crate::shop::{BOT, DEADLINE, Shop, admin, order, patiently};

/// A shop with ten units of A at 100 and a buyer who has 1,000.
async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.product("A", 100).await;
    shop.stock("A", 1..=10).await;
    shop.buyer(1, 1000).await;
    shop
}

#[tokio::test]
async fn a_purchase_takes_the_money_and_hands_out_the_oldest_units() {
    let shop = open().await;
    let receipt = shop.bought(&PurchaseRequest { quantity: 3, ..order(77, 1, "a", 100) }).await;
    assert_eq!(receipt.units, ["A-0001", "A-0002", "A-0003"]);
    assert_eq!(receipt.balance, 700);
    let bought = &receipt.order;
    assert_eq!(
        (bought.quantity, bought.unit_price, bought.total, bought.state),
        (3, 100, 300, OrderState::Paid)
    );
    assert_eq!((bought.product_code.as_str(), bought.product_name.as_str()), ("A", "Product A"));
    assert_eq!((bought.user_id, bought.grow_id.as_str(), bought.interaction_id), (1, "user1", 77));
    assert_eq!(shop.balance(1).await, 700);
    assert_eq!(shop.available("A").await, 7);
    let stored = orders::order(&shop.store, shop.id, &bought.id.to_lowercase()).await.unwrap();
    assert_eq!(stored.as_ref(), Some(bought));
    assert_eq!(orders::order_by_interaction(&shop.store, shop.id, 77).await.unwrap(), stored);
    let next = shop.bought(&order(78, 1, "A", 100)).await;
    assert_eq!(next.units, ["A-0004"]);
    shop.prove().await;
}

#[tokio::test]
async fn a_repeated_interaction_gets_the_same_receipt_and_pays_once() {
    let shop = open().await;
    let first = shop.bought(&order(5, 1, "A", 100)).await;
    shop.bought(&order(6, 1, "A", 100)).await;
    // Whatever happened since: the price, the shop and the quantity asked for do not matter any more.
    shops::set_maintenance(&shop.store, shop.id, true, "closed", &admin()).await.unwrap();
    let repeat = PurchaseRequest { quantity: 9, unit_price: 1, ..order(5, 1, "A", 100) };
    assert_eq!(shop.buy(&repeat).await, PurchaseOutcome::Repeated(first));
    assert_eq!(shop.balance(1).await, 800);
    shop.prove().await;
}

#[tokio::test]
async fn one_confirmation_buys_once_whoever_clicks_it_again() {
    let shop = open().await;
    let click = |interaction| PurchaseRequest { confirmation_id: 4, ..order(interaction, 1, "A", 100) };
    let (first, second) = (click(5), click(6));
    let (first, second) = tokio::join!(shop.buy(&first), shop.buy(&second));
    let outcomes = [first, second];
    let Some(PurchaseOutcome::Bought(receipt)) =
        outcomes.iter().find(|o| matches!(o, PurchaseOutcome::Bought(_)))
    else {
        panic!("nobody bought: {outcomes:?}");
    };
    let refusal = PurchaseOutcome::Refused(Refusal::AlreadyConfirmed { order_id: receipt.order.id.clone() });
    assert!(outcomes.contains(&refusal), "{outcomes:?}");
    assert_eq!(shop.balance(1).await, 900);
    shop.prove().await;
}

#[tokio::test]
async fn a_refusal_says_why_and_changes_nothing() {
    let shop = open().await;
    shop.product("OFF", 1).await;
    products::set_product_active(&shop.store, shop.id, "OFF", false, &admin()).await.unwrap();
    let banned = shop.buyer(2, 1000).await;
    customers::set_blacklisted(&shop.store, shop.id, banned.id, true, &admin()).await.unwrap();
    let ask = |quantity| PurchaseRequest { quantity, max_quantity: 50, ..order(9, 1, "A", 100) };
    let closed = PurchaseRequest { maintenance_forced: Some("moving".into()), ..ask(1) };
    let before = shop.database.text("SELECT max(id) FROM stockbot.change_events").await;
    let cases = [
        (closed, Refusal::Maintenance { reason: "moving".into() }),
        (order(9, 3, "A", 100), Refusal::NotRegistered),
        (order(9, 2, "A", 100), Refusal::Blacklisted),
        (order(9, 1, "B", 100), Refusal::UnknownProduct),
        (order(9, 1, "OFF", 1), Refusal::Inactive),
        (order(9, 1, "A", 99), Refusal::PriceChanged { now: 100 }),
        (ask(0), Refusal::BadQuantity { max: 50 }),
        (ask(-1), Refusal::BadQuantity { max: 50 }),
        (ask(51), Refusal::BadQuantity { max: 50 }),
        (ask(i64::MAX), Refusal::BadQuantity { max: 50 }),
        (ask(11), Refusal::BalanceTooLow { balance: 1000, total: 1100 }),
    ];
    for (request, refusal) in cases {
        assert_eq!(shop.refused(&request).await, refusal);
    }
    shop.adjust(customers::customer(&shop.store, shop.id, 1).await.unwrap().unwrap().id, 1000, "more").await;
    assert_eq!(shop.refused(&ask(11)).await, Refusal::OutOfStock { left: 10, asked: 11 });
    assert_eq!((shop.balance(1).await, shop.available("A").await), (2000, 10));
    assert_eq!(shop.database.text("SELECT count(*) FROM stockbot.orders").await, "0");
    assert_eq!(shop.database.text("SELECT max(id) FROM stockbot.change_events").await, before);
    shop.prove().await;
}

#[tokio::test]
async fn a_price_that_changed_after_it_was_shown_is_not_charged() {
    let shop = open().await;
    let change = ProductChange { price: Some(120), ..ProductChange::default() };
    products::edit_product(&shop.store, shop.id, "A", &change, &admin()).await.unwrap();
    assert_eq!(shop.refused(&order(1, 1, "A", 100)).await, Refusal::PriceChanged { now: 120 });
    assert_eq!(shop.bought(&order(1, 1, "A", 120)).await.order.total, 120);
}

#[tokio::test]
async fn a_price_above_the_smallest_coins_part_is_paid_from_the_whole_balance() {
    let shop = Shop::open().await;
    shop.product("A", 199).await;
    shop.stock("A", 1..=1).await;
    // Two Diamond Locks and no single World Lock.
    shop.buyer(1, 200).await;
    assert_eq!(shop.bought(&order(1, 1, "A", 199)).await.balance, 1);
    shop.prove().await;
}

#[tokio::test]
async fn maintenance_set_from_discord_refuses_with_its_reason_until_it_is_lifted() {
    let shop = open().await;
    shops::set_maintenance(&shop.store, shop.id, true, "counting", &admin()).await.unwrap();
    let state = shops::shop_state(&shop.store, shop.id).await.unwrap();
    assert_eq!((state.maintenance, state.reason.as_str()), (true, "counting"));
    assert_eq!(
        shop.refused(&order(1, 1, "A", 100)).await,
        Refusal::Maintenance { reason: "counting".into() }
    );
    shops::set_maintenance(&shop.store, shop.id, false, "ignored", &admin()).await.unwrap();
    assert_eq!(shops::shop_state(&shop.store, shop.id).await.unwrap().reason, "");
    shop.bought(&order(1, 1, "A", 100)).await;
}

#[tokio::test]
async fn closing_the_shop_waits_for_the_sale_under_way() {
    let shop = open().await;
    let other = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut sale = other.begin().await.unwrap();
    let doors = "SELECT pg_advisory_xact_lock_shared(stockbot.lock_key('doors', $1))";
    sqlx::query(doors).bind(shop.id.get()).execute(&mut *sale).await.unwrap();
    let closing = tokio::spawn({
        let (store, id) = (shop.store.clone(), shop.id);
        async move {
            patiently(|| async { shops::set_maintenance(&store, id, true, "now", &admin()).await }).await;
        }
    });
    shop.until_somebody_waits_for("advisory").await;
    assert!(!closing.is_finished());
    sale.commit().await.unwrap();
    closing.await.unwrap();
    assert!(shops::shop_state(&shop.store, shop.id).await.unwrap().maintenance);
}

#[tokio::test]
async fn a_sale_that_begins_while_the_shop_is_being_closed_waits_and_is_refused() {
    let shop = open().await;
    let other = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut closing = other.begin().await.unwrap();
    let doors = "SELECT pg_advisory_xact_lock(stockbot.lock_key('doors', $1))";
    sqlx::query(doors).bind(shop.id.get()).execute(&mut *closing).await.unwrap();
    let sale = spawn_buy(&shop, order(1, 1, "A", 100));
    shop.until_somebody_waits_for("advisory").await;
    let close = "UPDATE stockbot.shops SET maintenance = true, maintenance_reason = 'now'";
    sqlx::query(close).execute(&mut *closing).await.unwrap();
    closing.commit().await.unwrap();
    let refusal = Refusal::Maintenance { reason: "now".into() };
    assert_eq!(sale.await.unwrap(), PurchaseOutcome::Refused(refusal));
}

#[tokio::test]
async fn a_sale_leaves_everything_that_discord_is_owed() {
    let shop = open().await;
    let role = Some((1_100_000_000_000_000_001, 1_100_000_000_000_000_077));
    let effects = PurchaseEffects { history_channel: Some(11), log_channel: Some(12), role };
    let receipt =
        shop.bought(&PurchaseRequest { effects, locale: Locale::Id, ..order(1, 1, "A", 100) }).await;
    let jobs = shop.claim("pod", DEADLINE, 10).await;
    let kinds: Vec<OutboxKind> = jobs.iter().map(|j| j.kind).collect();
    assert_eq!(kinds, [Delivery, Receipt, HistoryPost, LogPost, BuyerRole]);
    for job in &jobs {
        assert_eq!(job.order_id.as_ref(), Some(&receipt.order.id));
        assert!(job.nonce.len() <= 25 && job.nonce.starts_with(&receipt.order.id), "{}", job.nonce);
        let payload: SalePayload = serde_json::from_value(job.payload.clone()).unwrap();
        assert_eq!((payload.user_id, payload.balance, payload.locale), (1, 900, Locale::Id));
        // Only what answers the buyer has use for the token.
        let token = if matches!(job.kind, Delivery | Receipt) { "token-1" } else { "" };
        assert_eq!((payload.token.as_str(), payload.interaction_id), (token, 1));
        let channel = match job.kind {
            HistoryPost => Some(11),
            LogPost => Some(12),
            _ => None,
        };
        assert_eq!(payload.channel_id, channel);
        assert_eq!(payload.role, role.filter(|_| job.kind == BuyerRole));
    }
    assert_eq!(outbox::outbox_depth(&shop.store, BOT).await.unwrap(), 5);
    let bare = shop.bought(&order(2, 1, "A", 100)).await;
    let jobs = shop.claim("pod", DEADLINE, 10).await;
    assert_eq!(
        jobs.iter().map(|j| (j.kind, j.order_id.as_deref())).collect::<Vec<_>>(),
        [(Delivery, Some(bare.order.id.as_str())), (Receipt, Some(bare.order.id.as_str())),]
    );
}

#[tokio::test]
async fn a_deliverer_holds_goods_and_receipt_from_the_moment_of_the_sale() {
    let shop = open().await;
    let deliverer = Some(Deliverer { owner: "pod-1".into(), lease: DEADLINE });
    let effects = PurchaseEffects { history_channel: Some(11), ..PurchaseEffects::default() };
    let receipt = shop.bought(&PurchaseRequest { deliverer, effects, ..order(1, 1, "A", 100) }).await;
    let held = receipt.held.unwrap();
    assert_eq!((held.delivery.kind, held.receipt.kind), (Delivery, Receipt));
    assert_eq!(held.direct_channel, None);
    let found: Vec<OutboxKind> = shop.claim("pod-2", DEADLINE, 10).await.iter().map(|job| job.kind).collect();
    assert_eq!(found, [HistoryPost], "the rest is held");
    // Its pod dies: whoever comes next knows that a send may have begun.
    let past = "now() - interval '1 second'";
    let expire = format!(
        "UPDATE stockbot.outbox SET next_at = {past}, lease_until = {past} WHERE kind <> 'history_post'"
    );
    shop.database.execute(&expire).await;
    let jobs = shop.claim("pod-2", DEADLINE, 10).await;
    assert_eq!(jobs.iter().map(|job| job.kind).collect::<Vec<_>>(), [Delivery, Receipt]);
    assert!(jobs[0].sent_at.is_some());
    assert_eq!((jobs[0].id, &jobs[0].nonce), (held.delivery.id, &held.delivery.nonce));
    assert!(serde_json::from_value::<SalePayload>(jobs[0].payload.clone()).unwrap() == held.payload);
    shop.prove().await;
}

#[tokio::test]
async fn units_that_others_hold_are_waited_for_and_sold_when_they_give_up() {
    let shop = open().await;
    let holder = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut hold = holder.begin().await.unwrap();
    sqlx::query("SELECT FROM stockbot.stock_units FOR UPDATE").execute(&mut *hold).await.unwrap();
    let sale = spawn_buy(&shop, PurchaseRequest { quantity: 10, ..order(1, 1, "A", 100) });
    shop.until_somebody_waits_for("transactionid").await;
    hold.rollback().await.unwrap();
    let PurchaseOutcome::Bought(receipt) = sale.await.unwrap() else { panic!() };
    assert_eq!(receipt.units.len(), 10);
    shop.prove().await;
}

#[tokio::test]
async fn units_that_others_take_for_good_are_not_promised() {
    let shop = open().await;
    let holder = sqlx::PgPool::connect(&shop.database.admin_url).await.unwrap();
    let mut hold = holder.begin().await.unwrap();
    let remove = "UPDATE stockbot.stock_units SET state = 'removed' WHERE content <= 'A-0004'";
    sqlx::query(remove).execute(&mut *hold).await.unwrap();
    let sale = spawn_buy(&shop, PurchaseRequest { quantity: 7, ..order(1, 1, "A", 100) });
    let fine = spawn_buy(&shop, PurchaseRequest { quantity: 8, ..order(2, 1, "A", 100) });
    shop.until_somebody_waits_for("transactionid").await;
    hold.commit().await.unwrap();
    assert_eq!(sale.await.unwrap(), PurchaseOutcome::Refused(Refusal::OutOfStock { left: 6, asked: 7 }));
    assert_eq!(fine.await.unwrap(), PurchaseOutcome::Refused(Refusal::OutOfStock { left: 6, asked: 8 }));
    assert_eq!(shop.available("A").await, 6);
    shop.prove().await;
}

pub fn spawn_buy(shop: &Shop, request: PurchaseRequest) -> tokio::task::JoinHandle<PurchaseOutcome> {
    let (store, id) = (shop.store.clone(), shop.id);
    tokio::spawn(async move { stockbot_store::purchase::purchase(&store, id, &request).await.unwrap() })
}
