use std::time::Duration;

use serde_json::json;
use stockbot_config::Locale;
use stockbot_store::{
    CommandLog, Found, InteractionEnd, NewInteraction, Page, Wanted, arrivals, interactions, ledger, shops,
};

use crate::shop::{BOT, DEADLINE, Shop, admin, order};

/// An interaction as it arrives, of the first buyer.
pub fn new(shop: &Shop, id: u64) -> NewInteraction {
    NewInteraction {
        id,
        shop: shop.id,
        bot: BOT.into(),
        application_id: 5,
        token: "secret".into(),
        kind: "purchase".into(),
        custom_id: "buy:v1".into(),
        user_id: 1,
        channel_id: Some(2),
        guild_id: None,
        locale: Locale::En,
        pod: "pod-1".into(),
        payload: json!({ "code": "A" }),
    }
}

async fn unfinished(shop: &Shop, owner: &str, older_than: Duration, lease: Duration) -> Vec<u64> {
    let found = interactions::unfinished_interactions(&shop.store, BOT, owner, older_than, lease, 10);
    found.await.unwrap().into_iter().map(|i| i.id).collect()
}

#[tokio::test]
async fn an_interaction_is_received_once_however_often_it_arrives() {
    let shop = Shop::open().await;
    let arrivals = (0..20).map(|_| {
        let (store, new) = (shop.store.clone(), new(&shop, u64::MAX / 2));
        tokio::spawn(async move { arrivals::receive_interaction(&store, &new, None).await.unwrap().first })
    });
    let mut first = 0;
    for arrival in arrivals.collect::<Vec<_>>() {
        first += u32::from(arrival.await.unwrap());
    }
    assert_eq!(first, 1);
}

async fn end(shop: &Shop, id: u64, end: InteractionEnd, answer: &str, log: Option<&CommandLog>) -> bool {
    interactions::finish_interaction(&shop.store, id, end, &json!(answer), log).await.unwrap()
}

#[tokio::test]
async fn what_was_not_finished_is_taken_up_by_one_pod() {
    let shop = Shop::open().await;
    for id in 2..=4 {
        arrivals::receive_interaction(&shop.store, &new(&shop, id), None).await.unwrap();
    }
    assert!(end(&shop, 4, InteractionEnd::Finished, "done", None).await);
    let none = Duration::ZERO;
    assert_eq!(unfinished(&shop, "pod-2", DEADLINE, DEADLINE).await, Vec::<u64>::new(), "too young");
    assert_eq!(unfinished(&shop, "pod-2", none, none).await, [2, 3]);
    // That lease was over at once; this one is not.
    assert_eq!(unfinished(&shop, "pod-3", none, DEADLINE).await, [2, 3]);
    assert_eq!(unfinished(&shop, "pod-4", none, DEADLINE).await, Vec::<u64>::new());
    let found = interactions::unfinished_interactions(&shop.store, "shops/other", "p", none, none, 10);
    assert_eq!(found.await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_sale_marks_its_acknowledgement() {
    let shop = Shop::open().await;
    shop.product("A", 1).await;
    shop.stock("A", 1..=1).await;
    shop.buyer(1, 1).await;
    for id in [8, 9] {
        arrivals::receive_interaction(&shop.store, &new(&shop, id), None).await.unwrap();
    }
    shop.bought(&order(9, 1, "A", 1)).await;
    let none = Duration::ZERO;
    let found = interactions::unfinished_interactions(&shop.store, BOT, "p", none, none, 10).await.unwrap();
    assert_eq!(found.iter().map(|i| (i.id, i.acknowledged)).collect::<Vec<_>>(), [(8, false), (9, true)]);
}

#[tokio::test]
async fn what_is_taken_up_brings_all_that_is_needed_to_finish_it() {
    let shop = Shop::open().await;
    arrivals::receive_interaction(&shop.store, &new(&shop, 9), None).await.unwrap();
    let none = Duration::ZERO;
    let found = interactions::unfinished_interactions(&shop.store, BOT, "p", none, none, 10);
    let one = found.await.unwrap().remove(0);
    assert_eq!((one.token.as_str(), one.application_id, one.user_id), ("secret", 5, 1));
    assert_eq!((one.channel_id, one.guild_id, one.locale), (Some(2), None, Locale::En));
    assert_eq!((one.custom_id.as_str(), one.payload), ("buy:v1", json!({ "code": "A" })));
    let age = jiff_age(one.received_at);
    assert!((0..60).contains(&age), "{age} s old");
}

fn jiff_age(at: jiff::Timestamp) -> i64 {
    jiff::Timestamp::now().duration_since(at).as_secs()
}

#[tokio::test]
async fn the_first_end_of_an_interaction_stays() {
    let shop = Shop::open().await;
    arrivals::receive_interaction(&shop.store, &new(&shop, 1), None).await.unwrap();
    assert!(end(&shop, 1, InteractionEnd::TooLate, "late", None).await);
    assert!(!end(&shop, 1, InteractionEnd::Finished, "again", None).await);
    let row = "SELECT state || ' ' || response FROM stockbot.interactions";
    assert_eq!(shop.database.text(row).await, "too_late \"late\"");
    assert_eq!(interactions::prune_interactions(&shop.store, shop.id, DEADLINE).await.unwrap(), 0);
    assert_eq!(interactions::prune_interactions(&shop.store, shop.id, Duration::ZERO).await.unwrap(), 1);
}

#[tokio::test]
async fn an_interaction_finds_shop_customer_and_movements_as_it_arrives() {
    let shop = Shop::open().await;
    let wanted = Some(Wanted::Movements(Page { before: None, limit: 3 }));
    let stranger = arrivals::receive_interaction(&shop.store, &new(&shop, 1), wanted.clone()).await.unwrap();
    assert!(stranger.first && stranger.customer.is_none() && stranger.found.is_none());
    let buyer = shop.buyer(1, 7).await;
    shops::set_maintenance(&shop.store, shop.id, true, "counting", &admin()).await.unwrap();
    let known = arrivals::receive_interaction(&shop.store, &new(&shop, 2), wanted).await.unwrap();
    assert_eq!((known.customer, known.shop.reason.as_str()), (Some(buyer.clone()), "counting"));
    let read = ledger::history(&shop.store, shop.id, buyer.id, None, 3).await.unwrap();
    assert!(matches!(known.found, Some((_, Found::Movements(movements))) if movements == read));
    assert_eq!(read.len(), 1);
    assert!(!arrivals::receive_interaction(&shop.store, &new(&shop, 2), None).await.unwrap().first);
}
