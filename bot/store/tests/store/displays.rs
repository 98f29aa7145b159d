use stockbot_store::{Reservation, displays, leftovers};

use crate::shop::{BOT, Shop};

async fn reserve(shop: &Shop, channel: u64) -> Reservation {
    displays::reserve_display(&shop.store, shop.id, BOT, "main", channel).await.unwrap()
}

#[tokio::test]
async fn of_many_pods_that_want_to_post_one_may_and_the_others_learn_its_nonce() {
    let shop = Shop::open().await;
    let pods = (0..10).map(|_| {
        let (store, id) = (shop.store.clone(), shop.id);
        tokio::spawn(async move { displays::reserve_display(&store, id, BOT, "main", 5).await.unwrap() })
    });
    let (mut posts, mut nonces) = (0, Vec::new());
    for pod in pods.collect::<Vec<_>>() {
        match pod.await.unwrap() {
            Reservation::Post { nonce } => {
                posts += 1;
                nonces.push(nonce);
            }
            Reservation::Recover { channel_id: 5, nonce, .. } => nonces.push(nonce),
            other => panic!("{other:?}"),
        }
    }
    nonces.dedup();
    assert_eq!((posts, nonces.len()), (1, 1));
    assert!(nonces[0].len() <= 25);
}

#[tokio::test]
async fn a_post_that_was_saved_is_edited_and_one_that_is_gone_is_posted_again() {
    let shop = Shop::open().await;
    let Reservation::Post { nonce } = reserve(&shop, 5).await else { panic!() };
    let row = displays::displays(&shop.store, shop.id, BOT).await.unwrap().remove(0);
    assert_eq!((row.message_id, row.posting_nonce), (None, Some(nonce)));
    displays::save_display(&shop.store, shop.id, BOT, "main", 5, 77, "hash").await.unwrap();
    let Reservation::Published(row) = reserve(&shop, 6).await else { panic!() };
    assert_eq!((row.channel_id, row.message_id, row.content_hash.as_str()), (5, Some(77), "hash"));
    assert!(row.published_at.is_some() && row.posting_nonce.is_none());
    let forget =
        async |message| displays::forget_display(&shop.store, shop.id, BOT, "main", message).await.unwrap();
    assert!(!forget(Some(76)).await, "another message than the one that is gone");
    assert!(!forget(None).await);
    assert!(forget(Some(77)).await);
    assert!(matches!(reserve(&shop, 6).await, Reservation::Post { .. }));
}

#[tokio::test]
async fn a_post_that_was_begun_in_another_channel_is_looked_for_there() {
    let shop = Shop::open().await;
    let Reservation::Post { nonce } = reserve(&shop, 5).await else { panic!() };
    let Reservation::Recover { channel_id, nonce: begun, .. } = reserve(&shop, 6).await else { panic!() };
    assert_eq!((channel_id, begun), (5, nonce));
    assert!(displays::forget_display(&shop.store, shop.id, BOT, "main", None).await.unwrap());
    assert!(matches!(reserve(&shop, 6).await, Reservation::Post { .. }));
}

#[tokio::test]
async fn a_message_that_is_left_behind_is_kept_until_it_is_gone_and_frees_its_display() {
    let shop = Shop::open().await;
    reserve(&shop, 5).await;
    leftovers::leave_display(&shop.store, shop.id, BOT, "main").await.unwrap();
    assert!(matches!(reserve(&shop, 6).await, Reservation::Post { .. }));
    displays::save_display(&shop.store, shop.id, BOT, "main", 6, 77, "hash").await.unwrap();
    leftovers::leave_display(&shop.store, shop.id, BOT, "main").await.unwrap();
    leftovers::leave_display(&shop.store, shop.id, BOT, "main").await.unwrap();
    let left = leftovers::leftovers(&shop.store, shop.id, BOT).await.unwrap();
    let places: Vec<_> = left.iter().map(|left| (left.channel_id, left.message_id)).collect();
    assert_eq!(places, [(5, None), (6, Some(77))]);
    leftovers::forget_leftover(&shop.store, shop.id, &left[0]).await.unwrap();
    assert_eq!(leftovers::leftovers(&shop.store, shop.id, BOT).await.unwrap(), left[1..]);
    assert_eq!(leftovers::leftovers(&shop.store, shop.id, "shops/another").await.unwrap(), []);
}
