//! What is refused at the edge: invisible characters, names like ids, strange line ends.

use serde_json::json;

use crate::support::{Shop, assert_shows};

#[tokio::test]
async fn characters_that_nobody_sees_are_refused_by_name_and_never_stored() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    for (command, options, name) in [
        ("product add", json!({"code": "NEW", "name": "\u{200b}", "price": "5"}), "U+200B"),
        ("product add", json!({"code": "NEW", "name": "\u{202e}live", "price": "5"}), "U+202E"),
        ("product edit", json!({"code": "VIP", "description": "a\0b"}), "U+0000"),
        ("maintenance on", json!({"reason": "soon\u{2066}"}), "U+2066"),
        ("world-admin add", json!({"world": "BUY", "note": "\u{feff}x"}), "U+FEFF"),
        ("balance-admin add", json!({"customer": "Gr\u{ad}ower", "amount": "5"}), "U+00AD"),
        ("stock add", json!({"code": "VIP", "text": "a\0b"}), "U+0000"),
    ] {
        assert_shows(&shop.admin.command(command, options).await, name);
    }
    let partly = shop.admin.command("stock add", json!({"code": "VIP", "text": "key-2\nke\u{200d}y"})).await;
    assert_shows(&partly, "1 of 1 units added");
    assert_shows(&partly, "1 refused because of characters that cannot be seen (U+200D)");
    // A NUL is logged all the same, as what stands for it.
    let logged = "SELECT count(*) FROM stockbot.discord_command_logs WHERE command = '/product edit' AND outcome = 'refused'";
    shop.until(logged, "1").await;
    assert_eq!(shop.sql("SELECT count(*) FROM stockbot.products").await, "1");
}

#[tokio::test]
async fn a_name_that_others_read_backwards_is_kept_without_what_turns_it() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let customer = shop.world.member("evil\u{202e}name", json!({})).await;
    assert_shows(&customer.register("Grower").await, "Registered as");
    let names =
        "SELECT count(*) FROM stockbot.discord_command_logs WHERE position(chr(8238) in user_name) > 0";
    shop.until("SELECT count(*) > 0 FROM stockbot.discord_command_logs", "true").await;
    assert_eq!(shop.sql(names).await, "0");
}

#[tokio::test]
async fn nobody_registers_the_discord_id_of_somebody_else() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let victim = shop.customer("Victim", "").await;
    let attacker = shop.world.member("Attacker", json!({})).await;
    assert_shows(&attacker.register(&victim.id).await, "is no GrowID");
    assert_shows(&attacker.command("growid", json!({"name": victim.id})).await, "is no GrowID");
    let attacker = shop.customer("Attacker", "").await;
    // Registered by an earlier release.
    shop.database
        .execute(&format!(
            "UPDATE stockbot.customers SET grow_id = '{}' WHERE grow_id = 'Attacker'",
            victim.id
        ))
        .await;
    let add = |customer: String| {
        shop.admin.command("balance-admin add", json!({"customer": customer, "amount": "5"}))
    };
    assert_shows(&add(victim.id.clone()).await, "Mention the user");
    assert_shows(&add(format!("<@{}>", victim.id)).await, "Victim");
    assert_shows(&attacker.command("balance", json!({})).await, "Total: 0 WL");
}

#[tokio::test]
async fn a_line_is_a_unit_whatever_ends_it() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let lines =
        json!({"filename": "units.txt", "content": "a-1\ra-2\u{2028}a-3\u{85}a-4\u{b}a-5\r\n\u{feff}a-6"});
    let added = shop.admin.command("stock add", json!({"code": "VIP", "file": lines})).await;
    assert_shows(&added, "6 of 6 units added");
}

#[tokio::test]
async fn customers_see_worlds_products_and_whether_the_bot_is_there() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1"]).await;
    let customer = shop.world.member("Grower", json!({})).await;
    assert_shows(&customer.command("growid", json!({"name": "Grower"})).await, "Registered as");
    assert_shows(&customer.command("growid", json!({})).await, "Change it?");
    assert_shows(&customer.command("ping", json!({})).await, "Here.");
    assert_shows(&customer.command("world", json!({})).await, "No deposit world");
    let world = json!({"world": "growstore", "owner": "Owner", "bot": "Depo", "status": "full"});
    assert_shows(&shop.admin.command("world-admin add", world.clone()).await, "GROWSTORE");
    assert_shows(&shop.admin.command("world-admin add", world).await, "there already");
    assert_shows(
        &shop.admin.command("world-admin set", json!({"world": "GROWSTORE", "note": "ask"})).await,
        "changed",
    );
    let shown = customer.click(&shop.world.live_message().await, "sb1:live:world").await;
    for part in ["GROWSTORE", "Owner: Owner", "Bot: Depo", "full", "ask"] {
        assert_shows(&shown, part);
    }
    assert_shows(&shop.admin.command("world-admin remove", json!({"world": "growstore"})).await, "removed");
    assert_shows(
        &shop.admin.command("world-admin remove", json!({"world": "growstore"})).await,
        "no deposit world",
    );

    let long = "d".repeat(900);
    shop.admin
        .command("product edit", json!({"code": "VIP", "description": long, "category": "Games"}))
        .await;
    let card = customer.command("stock show", json!({"product": "vip"})).await;
    assert_shows(&card, &long);
    assert_shows(&card, "Games");
    assert_shows(&customer.command("stock show", json!({"product": "none"})).await, "no product");
}
