//! What administrators read: movements, figures, files for a spreadsheet, and where the live messages stand.

use serde_json::json;

use crate::support::{DEADLINE, Shop, assert_shows};

#[tokio::test]
async fn reports_show_movements_and_sales_and_exports_run_no_formula() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    shop.stock("VIP", "5", &["key-1", "key-2"]).await;
    shop.admin.command("product edit", json!({"code": "VIP", "name": "=HYPERLINK(1)"})).await;
    let customer = shop.customer("Grower", "5 DL").await;
    customer.confirm(&customer.choose("VIP", "2").await).await;
    assert_shows(&shop.admin.command("transactions", json!({})).await, "Grower · −10 WL");
    assert_shows(&shop.admin.command("transactions", json!({"customer": "Grower"})).await, "+5 DL");
    assert_shows(&shop.admin.command("transactions", json!({"customer": "Nobody"})).await, "No customer");
    let stats = shop.admin.command("stats", json!({})).await;
    assert_shows(&stats, "1 customers are registered, 1 of them bought");
    assert_shows(&stats, "**VIP** · 1 orders · 2 units · 10 WL");

    for (table, parts) in [
        ("orders", [",Grower,VIP,'=HYPERLINK(1),2,5,10,", "order,at,growid"]),
        ("ledger", [",Grower,purchase,-10,490,", ",Grower,admin_add,500,500,"]),
        ("audit", [",product.edit,", ",product.add,"]),
    ] {
        let exported = shop.admin.command(&format!("export {table}"), json!({})).await;
        let file = shop.world.discord.file(&exported["response"]["attachments"][0]).await;
        for part in parts {
            assert!(file.contains(part), "{table}: {part:?} is not in {file}");
        }
    }
    let audited = "SELECT count(*) FROM stockbot.discord_audit_logs WHERE action = 'export'";
    assert_eq!(shop.sql(audited).await, "3");
}

#[tokio::test]
async fn live_messages_are_told_of_and_edited_at_once() {
    let shop = Shop::new().await;
    let _bot = shop.open().await;
    let live = shop.world.live_message().await;
    let id = live["id"].as_str().unwrap();
    assert_shows(&shop.admin.command("display status", json!({})).await, id);
    let edits = shop.requests("PATCH", id).await;
    assert_shows(&shop.admin.command("display refresh", json!({})).await, "1 live messages");
    stockbot_harness::eventually(DEADLINE, "an edit", || async {
        let now = shop.requests("PATCH", id).await;
        if now > edits { Ok(()) } else { Err(now) }
    })
    .await;
}
