//! What the stand-in saw of each sale, held against the database's times.

use std::collections::HashMap;

use serde_json::Value;

use crate::support::Shop;

/// One sale; times in milliseconds after the order.
pub struct Sale {
    /// When Discord had the goods.
    pub goods: f64,
    /// When the log channel told of it.
    pub posted: Option<f64>,
}

async fn entries(shop: &Shop) -> Vec<Value> {
    let text =
        reqwest::get(format!("{}/_sim/log?since=0", shop.sim.url())).await.unwrap().text().await.unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Messages that Discord has taken: posted, or a reply that was changed, for goods come with either.
fn messages(entries: &[Value]) -> impl Iterator<Item = &Value> {
    entries.iter().filter(|entry| {
        entry["kind"] == "rest"
            && (entry["method"] == "POST" || entry["method"] == "PATCH")
            && entry["status"] == 200
            && entry["path"].as_str().is_some_and(|path| path.contains("/messages"))
    })
}

fn milliseconds(at: &Value) -> f64 {
    let at: jiff::Timestamp = at.as_str().unwrap().parse().unwrap();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit an f64 exactly")]
    let at = at.as_millisecond() as f64;
    at
}

/// Every sale since `begun` whose goods have arrived.
pub async fn sales(shop: &Shop, begun: &str) -> Vec<Sale> {
    let orders = format!(
        "SELECT string_agg(id || ' ' || extract(epoch FROM created_at) * 1000, E'\\n')
         FROM stockbot.orders WHERE created_at > '{begun}'"
    );
    let orders = shop.sql(&orders).await;
    let ordered: HashMap<&str, f64> = orders
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(id, at)| (id, at.parse().unwrap()))
        .collect();
    let entries = entries(shop).await;
    let (mut goods, mut told) = (HashMap::new(), HashMap::new());
    let log = format!("/channels/{}/messages", shop.world.log);
    for post in messages(&entries) {
        let at = milliseconds(&post["at"]);
        if let Some(file) = post["files"][0]["name"].as_str() {
            let id = file.trim_end_matches(".txt").rsplit('_').next().unwrap_or_default().to_owned();
            goods.entry(id).or_insert(at);
        } else if post["path"].as_str().is_some_and(|path| path.ends_with(&log)) {
            let text = post["body"].to_string();
            for id in ordered.keys().filter(|id| text.contains(**id)) {
                told.entry((*id).to_owned()).or_insert(at);
            }
        }
    }
    let sale = |(id, at): (String, f64)| {
        let ordered = ordered.get(id.as_str())?;
        Some(Sale { goods: at - ordered, posted: told.get(&id).map(|told| told - ordered) })
    };
    goods.into_iter().filter_map(sale).collect()
}

/// REST calls so far, callbacks included.
pub async fn calls(shop: &Shop) -> usize {
    entries(shop).await.iter().filter(|entry| entry["kind"] == "rest").count()
}
