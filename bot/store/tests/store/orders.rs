use std::time::Duration;

use stockbot_store::{
    DeliveredVia::DirectMessage, OrderState, OutboxKind, PurchaseOutcome, Refund, Sent, delivery, orders,
    outbox, refund,
};

use crate::shop::{BOT, DEADLINE, Shop, admin, order};

async fn open() -> Shop {
    let shop = Shop::open().await;
    shop.product("A", 10).await;
    shop.stock("A", 1..=5).await;
    shop.buyer(1, 50).await;
    shop
}

async fn refund(shop: &Shop, order: &str) -> Refund {
    refund::refund(&shop.store, shop.id, order, &format!("refund-{order}"), &admin()).await.unwrap()
}

async fn delivery(shop: &Shop) -> outbox::OutboxJob {
    let jobs = shop.claim("pod", DEADLINE, 10).await;
    jobs.into_iter().find(|job| job.kind == OutboxKind::Delivery).unwrap()
}

#[tokio::test]
async fn a_refund_gives_money_and_units_back_once_and_nothing_is_delivered() {
    let shop = open().await;
    let receipt = shop.bought(&order(1, 1, "A", 10)).await;
    let id = receipt.order.id.as_str();
    let job = delivery(&shop).await;
    let Refund::Done { order: refunded, balance } = refund(&shop, &id.to_lowercase()).await else { panic!() };
    assert_eq!((refunded.state, balance, shop.balance(1).await), (OrderState::Refunded, 50, 50));
    assert!(!outbox::job_sending(&shop.store, &job).await.unwrap(), "a refunded order must not be delivered");
    assert!(!delivery::job_delivered(&shop.store, &job, DirectMessage, Some(1)).await.unwrap());
    assert_eq!(outbox::outbox_depth(&shop.store, BOT).await.unwrap(), 0);
    assert_eq!(refund(&shop, id).await, Refund::AlreadyRefunded);
    assert_eq!(orders::order_units(&shop.store, shop.id, id).await.unwrap(), Vec::<String>::new());
    let PurchaseOutcome::Repeated(again) = shop.buy(&order(1, 1, "A", 10)).await else { panic!() };
    assert_eq!((again.order.state, again.units.len()), (OrderState::Refunded, 0));
    // The unit is the oldest again.
    assert_eq!(shop.bought(&order(2, 1, "A", 10)).await.units, receipt.units);
    shop.prove().await;
}

#[tokio::test]
async fn delivered_goods_and_goods_under_way_are_not_refunded() {
    let shop = open().await;
    let id = shop.bought(&order(1, 1, "A", 10)).await.order.id;
    assert_eq!(refund(&shop, "00000000").await, Refund::UnknownOrder);
    let job = delivery(&shop).await;
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    assert_eq!(refund(&shop, &id).await, Refund::InDelivery);
    assert!(delivery::job_delivered(&shop.store, &job, DirectMessage, Some(99)).await.unwrap());
    assert_eq!(refund(&shop, &id).await, Refund::Delivered);
    let delivered = orders::order(&shop.store, shop.id, &id).await.unwrap().unwrap();
    assert_eq!(delivered.state, OrderState::Delivered);
    assert!(delivered.delivered_at.is_some());
    assert_eq!(shop.balance(1).await, 40);
    shop.prove().await;
}

#[tokio::test]
async fn what_surely_was_not_sent_or_was_given_up_can_be_refunded() {
    let shop = open().await;
    let first = shop.bought(&order(1, 1, "A", 10)).await.order.id;
    let job = delivery(&shop).await;
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    assert!(outbox::job_retry(&shop.store, &job, Duration::ZERO, "refused", Sent::No).await.unwrap());
    assert!(matches!(refund(&shop, &first).await, Refund::Done { .. }));
    let second = shop.bought(&order(2, 1, "A", 10)).await.order.id;
    let job = delivery(&shop).await;
    assert!(outbox::job_failed(&shop.store, &job, "gone").await.unwrap());
    assert_eq!(orders::order(&shop.store, shop.id, &second).await.unwrap().unwrap().state, OrderState::Paid);
    shop.prove().await;
    assert!(matches!(refund(&shop, &second).await, Refund::Done { .. }));
    shop.prove().await;
}

#[tokio::test]
async fn what_may_have_been_sent_is_not_refunded_whoever_stopped_trying() {
    let shop = open().await;
    let id = shop.bought(&order(1, 1, "A", 10)).await.order.id;
    let job = delivery(&shop).await;
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    assert!(outbox::job_retry(&shop.store, &job, DEADLINE, "no answer", Sent::Perhaps).await.unwrap());
    assert_eq!(refund(&shop, &id).await, Refund::InDelivery);
    shop.database
        .execute("UPDATE stockbot.outbox SET state = 'failed', finished_at = now() WHERE kind = 'delivery'")
        .await;
    assert_eq!(refund(&shop, &id).await, Refund::InDelivery);
}

#[tokio::test]
async fn a_buyer_fetches_his_goods_and_nobody_elses() {
    let shop = open().await;
    let other = shop.buyer(2, 0).await.id;
    let bought = shop.bought(&order(1, 1, "A", 10)).await;
    let (id, customer) = (bought.order.id.as_str(), bought.order.customer_id);
    let fetch = async |who| orders::fetch_goods(&shop.store, shop.id, who, id).await.unwrap();
    assert_eq!(fetch(other).await, None);
    let (order, units) = fetch(customer).await.unwrap();
    assert_eq!((order.state, &units), (OrderState::Delivered, &bought.units));
    // What he has is not sent again, not refunded, and can be fetched again.
    let kinds = shop.claim("pod", DEADLINE, 10).await;
    assert_eq!(kinds.iter().map(|j| j.kind).collect::<Vec<_>>(), [OutboxKind::Receipt]);
    assert_eq!(refund(&shop, id).await, Refund::Delivered);
    assert_eq!(fetch(customer).await.unwrap().1, units);
    shop.prove().await;
}

#[tokio::test]
async fn fetching_while_the_delivery_is_under_way_leaves_it_to_end_by_itself() {
    let shop = open().await;
    let bought = shop.bought(&order(1, 1, "A", 10)).await.order;
    let job = delivery(&shop).await;
    assert!(outbox::job_sending(&shop.store, &job).await.unwrap());
    orders::fetch_goods(&shop.store, shop.id, bought.customer_id, &bought.id).await.unwrap().unwrap();
    assert!(delivery::job_delivered(&shop.store, &job, DirectMessage, Some(5)).await.unwrap());
    shop.prove().await;
}

#[tokio::test]
async fn refund_and_delivery_at_once_agree() {
    for round in 0..10 {
        let shop = open().await;
        let id = shop.bought(&order(round, 1, "A", 10)).await.order.id;
        let job = delivery(&shop).await;
        let deliver = async {
            let sends = outbox::job_sending(&shop.store, &job).await.unwrap();
            sends && delivery::job_delivered(&shop.store, &job, DirectMessage, Some(1)).await.unwrap()
        };
        let (delivered, refunded) = tokio::join!(deliver, refund(&shop, &id));
        let refunded = matches!(refunded, Refund::Done { .. });
        assert!(delivered != refunded, "delivered: {delivered}, refunded: {refunded}");
        shop.prove().await;
    }
}

#[tokio::test]
async fn orders_are_paged_newest_first() {
    let shop = open().await;
    let customer = shop.bought(&order(1, 1, "A", 10)).await.order.customer_id;
    for interaction in 2..=5 {
        shop.bought(&order(interaction, 1, "A", 10)).await;
    }
    let mut seen = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let page = orders::orders_of(&shop.store, shop.id, customer, before.as_deref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        before = Some(last.id.clone());
        seen.extend(page.iter().map(|o| o.interaction_id));
    }
    assert_eq!(seen, [5, 4, 3, 2, 1]);
}
