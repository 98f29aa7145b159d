//! Postgres away for a while: every click is answered politely in time, nothing is sold twice or lost, and the shop sells again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stockbot_harness::{Cut, Person, Proxy, eventually, text_of};

use crate::support::{DEADLINE, Shop, assert_shows};

/// What Discord allows for a first answer, in milliseconds; the stand-in measures it.
const ALLOWED: u64 = 3000;

#[track_caller]
fn assert_polite(what: &str, interaction: &Value) {
    let acknowledged = interaction["acknowledged_ms"].as_u64();
    assert!(acknowledged.is_some_and(|ms| ms < ALLOWED), "{what}: {interaction}");
    assert_shows(interaction, "cannot be reached");
}

/// Everything that can be pressed, sent and typed, prepared while the shop was open.
struct Prepared {
    live: Value,
    menu: Value,
    form: Value,
    confirmation: Value,
}

async fn prepared(shop: &Shop, customer: &Person) -> Prepared {
    let live = shop.world.live_message_shows("Name of VIP").await;
    let menu = customer.click(&live, "sb1:live:buy").await;
    let form = customer.select(&menu["response"], "sb1:pick", "VIP").await;
    let confirmation = customer.choose("VIP", "1").await;
    Prepared { live, menu, form, confirmation }
}

async fn every_click_is_answered_politely(customer: &Person, prepared: &Prepared) {
    let Prepared { live, menu, form, confirmation } = prepared;
    for button in ["buy", "balance", "register", "history", "world"] {
        assert_polite(button, &customer.click(live, &format!("sb1:live:{button}")).await);
    }
    for command in ["balance", "orders", "history", "stock list", "buy"] {
        let options = if command == "buy" { json!({"product": "VIP", "quantity": 1}) } else { json!({}) };
        assert_polite(command, &customer.command(command, options).await);
    }
    assert_polite("select", &customer.select(&menu["response"], "sb1:pick", "VIP").await);
    assert_polite("modal", &customer.submit(form, json!({"quantity": "1"})).await);
    assert_polite("confirm", &customer.click(&confirmation["response"], "sb1:ok:").await);
}

async fn the_shop_sells_again(shop: &Shop, customer: &Person) {
    // The pool may need a moment for its new connections; people press again as they are told.
    let confirmation = eventually(DEADLINE, "a confirmation is shown", || async {
        let live = shop.world.live_message().await;
        let menu = customer.click(&live, "sb1:live:buy").await;
        if menu["response"]["components"][0].is_null() { Err(menu) } else { Ok(()) }
    });
    confirmation.await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0", "nothing was bought meanwhile");
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
    assert_shows(&receipt, "direct messages");
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "1");
    shop.assert_audit_is_clean().await;
    shop.assert_no_violations().await;
}

#[tokio::test]
async fn every_click_is_answered_while_postgres_refuses_and_the_shop_sells_again() {
    let (shop, proxy) = Shop::behind_a_proxy().await;
    let bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let prepared = prepared(&shop, &customer).await;
    proxy.refuse(true);
    every_click_is_answered_politely(&customer, &prepared).await;
    let status = bot.status().await.unwrap();
    assert_eq!(status["displays"][0]["state"], "Published", "the display has no part in it: {status}");
    proxy.refuse(false);
    the_shop_sells_again(&shop, &customer).await;
}

#[tokio::test]
async fn every_click_is_answered_while_postgres_is_silent_and_the_shop_sells_again() {
    let (shop, proxy) = Shop::behind_a_proxy().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let prepared = prepared(&shop, &customer).await;
    proxy.silence(true);
    every_click_is_answered_politely(&customer, &prepared).await;
    // Many at once are no worse: they do not queue for what does not come.
    let clicks = (0..20).map(|_| customer.click(&prepared.live, "sb1:live:balance"));
    for answer in futures_util::future::join_all(clicks).await {
        assert_polite("one of many", &answer);
    }
    // It is back, and resets the connections that it does not know.
    proxy.silence(false);
    proxy.cut();
    the_shop_sells_again(&shop, &customer).await;
}

#[tokio::test]
async fn a_purchase_that_was_refused_for_want_of_the_database_is_not_carried_out_later() {
    let (shop, proxy) = Shop::behind_a_proxy().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let confirmation = customer.choose("VIP", "1").await;
    // The interaction is written down, and the bot never hears of it.
    proxy.trap_then_refuse(b"sb1:ok:", Cut::BeforeReply);
    assert_polite("confirm", &customer.click(&confirmation["response"], "sb1:ok:").await);
    proxy.refuse(false);
    let open = "SELECT count(*) FROM stockbot.interactions WHERE kind = 'purchase' AND finished_at IS NULL";
    assert_eq!(shop.sql(open).await, "1", "it was written down");
    shop.database.execute("UPDATE stockbot.interactions SET received_at = now() - interval '1 minute'").await;
    shop.until(open, "0").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.orders").await, "0");
    shop.assert_audit_is_clean().await;
}

/// An answer has to be there long before the bot's own limit on a statement, 7 s.
const SOON: Duration = Duration::from_secs(4);

/// Does `act`, in the middle of which the trap springs.
async fn assert_answered_soon(what: &str, proxy: &Proxy, act: impl Future<Output = Value>) {
    let begun = Instant::now();
    let answer = act.await;
    assert!(!proxy.trap_is_set(), "{what}: the acknowledgement was not all");
    assert_shows(&answer, "cannot be reached");
    assert!(begun.elapsed() < SOON, "{what}: {:?}", begun.elapsed());
}

/// Everything that changes something, with Postgres `lost` in the middle of it and `found` again afterwards.
async fn changes_are_answered_soon(lost: impl Fn(&Proxy, &[u8]), found: impl Fn(&Proxy)) {
    let (shop, proxy) = Shop::behind_a_proxy().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    let customer = shop.customer("Grower", "1 DL").await;
    let newcomer = shop.world.member("Newcomer", json!({})).await;
    let form = newcomer.click(&shop.world.live_message().await, "sb1:live:register").await;
    let confirmation = customer.choose("VIP", "1").await;
    let settled = "SELECT count(*) FROM stockbot.interactions WHERE finished_at IS NULL";
    let again = async || {
        found(&proxy);
        eventually(DEADLINE, "the shop answers", || async {
            let answer = customer.command("balance", json!({})).await;
            if text_of(&answer["response"]).contains("cannot be reached") { Err(answer) } else { Ok(()) }
        })
        .await;
    };

    shop.until(settled, "0").await;
    lost(&proxy, b"Freshname");
    assert_answered_soon("register", &proxy, newcomer.submit(&form, json!({"grow_id": "Freshname"}))).await;
    again().await;
    lost(&proxy, b"ZZTOP");
    let product = json!({"code": "ZZTOP", "name": "Beard", "price": "1"});
    assert_answered_soon("product", &proxy, shop.admin.command("product add", product)).await;
    again().await;
    lost(&proxy, b"admin_add");
    let amount = json!({"customer": "Grower", "amount": "1"});
    assert_answered_soon("balance", &proxy, shop.admin.command("balance-admin add", amount)).await;
    again().await;
    lost(&proxy, b"-delivery");
    assert_answered_soon("purchase", &proxy, async {
        let click = customer.click(&confirmation["response"], "sb1:ok:").await;
        customer.settled(&click, "One moment").await
    })
    .await;
    again().await;

    shop.database.execute("UPDATE stockbot.interactions SET received_at = now() - interval '1 minute'").await;
    shop.until("SELECT state FROM stockbot.orders", "delivered").await;
    assert_eq!(customer.delivery().await.1.matches("key-").count(), 1);
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.customers").await, "1", "what was lost was not done");
    shop.assert_audit_is_clean().await;
}

#[tokio::test]
async fn a_change_is_answered_soon_when_postgres_refuses_after_the_acknowledgement() {
    let lost = |proxy: &Proxy, request: &[u8]| proxy.trap_then_refuse(request, Cut::BeforeRequest);
    changes_are_answered_soon(lost, |proxy| proxy.refuse(false)).await;
}

#[tokio::test]
async fn a_change_is_answered_soon_when_postgres_is_silent_after_the_acknowledgement() {
    let found = |proxy: &Proxy| {
        proxy.silence(false);
        proxy.cut();
    };
    changes_are_answered_soon(Proxy::trap_then_silence, found).await;
}
