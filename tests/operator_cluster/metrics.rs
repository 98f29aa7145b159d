//! The operator's metrics are those that dashboards and alerts are made for: names, kinds and labels.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use stockbot_config::status::DisplayState;
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, names};

use crate::{BOT, SOON, world::World};

const PREFIX: &str = "stockbot_operator_";
const OBJECT: &[&str] = &["name", "namespace"];

/// Name, kind, labels.
const METRICS: &[(&str, &str, &[&str])] = &[
    ("reconcile_runs_total", "counter", &["kind"]),
    ("reconcile_failures_total", "counter", &["kind", "reason"]),
    ("reconcile_duration_seconds", "histogram", &["kind"]),
    ("api_requests_total", "counter", &["code", "resource", "verb"]),
    ("writes_total", "counter", &["operation", "resource"]),
    ("leader", "gauge", &[]),
    ("bots", "gauge", &["namespace", "phase"]),
    ("bot_replicas_desired", "gauge", OBJECT),
    ("bot_replicas_ready", "gauge", OBJECT),
    ("bot_shards_connected", "gauge", OBJECT),
    ("bot_session_starts_remaining", "gauge", OBJECT),
    ("bot_ready_seconds_total", "counter", OBJECT),
    ("bot_wanted_seconds_total", "counter", OBJECT),
    ("display_health_score", "gauge", OBJECT),
    ("display_published", "gauge", OBJECT),
    ("probe_duration_seconds", "histogram", &["outcome"]),
    ("rollouts_total", "counter", &["reason"]),
];

/// Names of labels, by metric, and kinds, as a scrape shows them.
fn scraped(text: &str) -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut found = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let (name, kind) = line.strip_prefix(PREFIX).unwrap_or(line).split_once(' ').unwrap();
        found.insert(name.to_owned(), (kind.to_owned(), BTreeSet::new()));
    }
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, labels) = line.split_once('{').unwrap_or((line.split(' ').next().unwrap(), ""));
        let series = series.strip_prefix(PREFIX).unwrap_or(series);
        let of_histogram = ["_bucket", "_sum", "_count"].iter().find_map(|end| series.strip_suffix(end));
        let name = of_histogram.filter(|name| found.contains_key(*name)).unwrap_or(series);
        let (_, all) = found.get_mut(name).unwrap_or_else(|| panic!("{line} has no kind"));
        let names = labels.split("\",").filter_map(|label| label.split_once("=\"")).map(|(name, _)| name);
        all.extend(names.filter(|name| *name != "le").map(str::to_owned));
    }
    found
}

#[tokio::test]
async fn every_metric_is_there_with_its_kind_and_labels_and_no_other() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.display("lost", "nobody", 11).await;
    world.display_is("lost", "Stalled", "True", "BotNotFound").await;
    let restart = json!({"metadata": {"annotations": {names::RESTARTED_AT: "2026-11-20T18:00:00Z"}}});
    world.patch::<DiscordBot>(BOT, restart).await;
    let wanted: BTreeMap<_, _> = METRICS
        .iter()
        .map(|(name, kind, labels)| {
            let labels = labels.iter().map(|label| (*label).to_owned()).collect();
            ((*name).to_owned(), ((*kind).to_owned(), labels))
        })
        .collect();
    eventually(SOON, "the metrics are those of the contract", || async {
        let now = scraped(&operator.get("/metrics").await.unwrap_or_default().1);
        if now == wanted { Ok(()) } else { Err(now) }
    })
    .await;
}
