//! A sale that its own pod delivers: few transactions, and the same promises as any other way.

use std::time::Duration;

use serde_json::json;
use stockbot_store::{
    CommandLog, CommandOutcome, DeliveredVia, Deliverer, Found, Goods, Held, InteractionEnd, OrderState,
    Page, PurchaseOutcome, PurchaseRequest, Sent, Settlement, Store, Wanted, arrivals, direct_channels,
    interactions::finish_interaction, orders, outbox, purchase, settlement,
};

use crate::{
    interactions::new as new_interaction,
    shop::{BOT, DEADLINE, Shop, options, order},
};

async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=30).await;
    shop.buyer(1, 30).await;
    shop
}

async fn receive(store: &Store, shop: &Shop, id: u64) {
    assert!(arrivals::receive_interaction(store, &new_interaction(shop, id), None).await.unwrap().first);
}

async fn buy(store: &Store, shop: &Shop, interaction: u64) -> (String, Held) {
    let deliverer = Some(Deliverer { owner: "pod-1".into(), lease: DEADLINE });
    let request = PurchaseRequest { deliverer, ..order(interaction, 1, "A", 1) };
    match purchase::purchase(store, shop.id, &request).await.unwrap() {
        PurchaseOutcome::Bought(receipt) => (receipt.order.id, *receipt.held.unwrap()),
        other => panic!("{other:?}"),
    }
}

fn log(shop: &Shop, interaction: u64) -> CommandLog {
    CommandLog {
        shop: shop.id,
        bot: BOT.into(),
        interaction_id: Some(interaction),
        user_id: 1,
        user_name: "user".into(),
        channel_id: None,
        guild_id: None,
        command: "button:ok".into(),
        arguments: json!({}),
        outcome: CommandOutcome::Success,
        duration: Duration::ZERO,
        error: None,
    }
}

const ARRIVED: Goods = Goods::Delivered { via: DeliveredVia::DirectMessage, message: Some(7) };

#[tokio::test]
async fn goods_receipt_interaction_log_and_channel_are_settled_together() {
    let shop = open().await;
    receive(&shop.store, &shop, 9).await;
    let (id, held) = buy(&shop.store, &shop, 9).await;
    let log = log(&shop, 9);
    let all = Settlement { held: &held, goods: ARRIVED, receipt: Some(8), opened: Some(77), log: Some(&log) };
    assert!(settlement::settle(&shop.store, &all).await.unwrap());
    assert!(!settlement::settle(&shop.store, &all).await.unwrap(), "settled once");
    let state = orders::order(&shop.store, shop.id, &id).await.unwrap().unwrap().state;
    assert_eq!(state, OrderState::Delivered);
    assert_eq!(outbox::outbox_depth(&shop.store, BOT).await.unwrap(), 0);
    let seen = "SELECT state || ' ' || (SELECT count(*) FROM stockbot.discord_command_logs) FROM stockbot.interactions";
    assert_eq!(shop.database.text(seen).await, "finished 1");
    let (_, next) = buy(&shop.store, &shop, 10).await;
    assert_eq!(next.direct_channel, Some(77));
    direct_channels::forget_direct_channel(&shop.store, next.delivery.application_id, 1).await.unwrap();
    let (_, next) = buy(&shop.store, &shop, 11).await;
    assert_eq!(next.direct_channel, None);
    shop.prove().await;
}

#[tokio::test]
async fn goods_that_are_owed_come_back_knowing_whether_they_were_sent() {
    let shop = open().await;
    for (interaction, sent) in [(1, Sent::No), (2, Sent::Perhaps)] {
        let (_, held) = buy(&shop.store, &shop, interaction).await;
        let goods = Goods::Owed { after: Duration::ZERO, error: "refused".into(), sent };
        let owed = Settlement { held: &held, goods, receipt: None, opened: None, log: None };
        assert!(settlement::settle(&shop.store, &owed).await.unwrap());
        let jobs = shop.claim("pod-2", DEADLINE, 10).await;
        let again = jobs.iter().find(|job| job.id == held.delivery.id).unwrap();
        assert_eq!((again.attempts, again.sent_at.is_some()), (2, sent == Sent::Perhaps));
    }
    shop.prove().await;
}

/// Transactions that one `click` needs: of eleven of them less those of one, since opening sessions and counting cost some as well.
async fn transactions(shop: &Shop, first: u64, click: impl AsyncFn(&Store, u64)) -> f64 {
    let one = transactions_of(shop, first..first + 1, &click).await;
    let eleven = transactions_of(shop, first + 1..first + 12, &click).await;
    f64::from(i32::try_from(eleven - one).unwrap()) / 10.0
}

async fn transactions_of(
    shop: &Shop,
    interactions: std::ops::Range<u64>,
    click: &impl AsyncFn(&Store, u64),
) -> i64 {
    let before = shop.database.commits().await;
    let store = Store::connect(&options(&shop.database.url)).await.unwrap();
    for interaction in interactions {
        click(&store, interaction).await;
    }
    store.close().await;
    shop.database.commits().await - before
}

#[tokio::test]
async fn a_purchase_from_click_to_receipt_is_three_transactions() {
    let shop = open().await;
    shop.store.close().await;
    let each = transactions(&shop, 100, async |store, interaction| {
        receive(store, &shop, interaction).await;
        let (_, held) = buy(store, &shop, interaction).await;
        let log = log(&shop, interaction);
        let all =
            Settlement { held: &held, goods: ARRIVED, receipt: Some(8), opened: Some(77), log: Some(&log) };
        assert!(settlement::settle(store, &all).await.unwrap());
    })
    .await;
    assert!((2.9..=4.0).contains(&each), "{each} transactions per purchase");
}

#[tokio::test]
async fn a_click_on_balance_is_two_transactions() {
    let shop = open().await;
    shop.store.close().await;
    let each = transactions(&shop, 100, async |store, interaction| {
        let wanted = Some(Wanted::Movements(Page { before: None, limit: 3 }));
        let found =
            arrivals::receive_interaction(store, &new_interaction(&shop, interaction), wanted).await.unwrap();
        assert!(matches!(found.found, Some((_, Found::Movements(movements))) if movements.len() == 1));
        let (end, log) = (InteractionEnd::Finished, log(&shop, interaction));
        assert!(finish_interaction(store, interaction, end, &json!({}), Some(&log)).await.unwrap());
    })
    .await;
    assert!((1.9..=2.5).contains(&each), "{each} transactions per click");
}
