//! Nothing is accepted that has no effect: every leaf of both specs changes a child of the bot, or is read by name by the operator
//! or by the bot. What a later feature brings is listed, and that list only ever gets shorter.

use std::{collections::BTreeMap, fs, path::Path, sync::Arc};

use serde_json::{Value, json};
use stockbot_operator::{
    api::{DiscordBot, StockDisplay, names},
    cluster::{cache::Key, context::Defaults},
    discord_bot::{
        build::{Children, build},
        fetch::Fetched,
        validate::validate,
    },
};

use crate::leaves::{Leaf, instance, is_number, kinds, smallest};

/// Leaves that no child shows but for the configuration file, and who reads them: the file, and the text by which it does.
const READ: &[(&str, &str, &str)] = &[
    ("probes.deep.period", "src/probe/mod.rs", "probes.deep.period"),
    ("probes.deep.timeout", "src/probe/mod.rs", "DeepProbe { timeout"),
    ("probes.deep.failureThreshold", "src/discord_bot/status/conditions.rs", "probes.deep.failure_threshold"),
    ("maxRestartAttempts", "src/discord_bot/status/observed.rs", "spec.max_restart_attempts"),
    ("guildId", "bot/src/interactions/confirm.rs", "config.guild_id"),
    ("database.pooled", "bot/src/startup.rs", "config.database.pooled"),
    ("database.maxConnections", "bot/src/startup.rs", "database.max_connections"),
    ("database.statementTimeout", "bot/src/startup.rs", "database.statement_timeout"),
    ("discord.apiUrl", "bot/src/run.rs", "config.discord.api_url"),
    ("discord.shards", "bot/src/gateway/mod.rs", "config.discord.shards"),
    ("discord.identifyReserve", "bot/src/gateway/queue.rs", "discord.identify_reserve"),
    ("shop.name", "bot/src/startup.rs", "shop_name()"),
    ("shop.locale", "bot/src/display/message.rs", "config.shop.locale"),
    ("shop.currency.denominations", "bot/src/display/message.rs", "shop.currency"),
    ("shop.currency.maxBalance", "bot/src/interactions/admin/balance.rs", "currency.max_balance"),
    ("shop.maxQuantity", "bot/src/interactions/confirm.rs", "shop.max_quantity"),
    ("shop.lowStockThreshold", "bot/src/interactions/stock_list.rs", "low_stock_threshold"),
    ("shop.admins", "bot/src/interactions/admin/mod.rs", "config.shop.admins"),
    ("shop.buyerRoleId", "bot/src/interactions/confirm.rs", "shop.buyer_role_id"),
    ("shop.channels.history", "bot/src/interactions/confirm.rs", "shop.channels.history"),
    ("shop.channels.log", "bot/src/interactions/confirm.rs", "shop.channels.log"),
    ("shop.channels.deposits", "bot/src/deposits/channel.rs", "shop.channels.deposits"),
    ("shop.deposits.webhookId", "bot/src/deposits/channel.rs", "deposits.webhook_id"),
    ("shop.deposits.authorId", "bot/src/deposits/channel.rs", "deposits.author_id"),
    ("shop.maintenance", "bot/src/display/message.rs", "config.shop.maintenance"),
    ("resilience.retry", "bot/src/run.rs", "config.resilience.retry"),
    ("resilience.workers", "bot/src/outbox/worker.rs", "resilience.workers"),
    ("retention.commandLogs", "bot/src/housekeeping.rs", "command_logs"),
    ("retention.auditLogs", "bot/src/housekeeping.rs", "audit_logs"),
    ("logging", "bot/src/reload.rs", "logging"),
    ("channelId", "bot/src/display/worker.rs", "channel_id"),
    ("title", "bot/src/display/message.rs", "settings.title"),
    ("description", "bot/src/display/message.rs", "settings.description"),
    ("color", "bot/src/display/message.rs", "settings.color"),
    ("footer", "bot/src/display/message.rs", "settings.footer"),
    ("refresh", "bot/src/display/worker.rs", "settings.refresh"),
    ("hidden", "bot/src/display/worker.rs", "settings.hidden"),
    ("products.categories", "bot/src/display/select.rs", "categories"),
    ("products.show", "bot/src/display/select.rs", ".show"),
    ("products.hide", "bot/src/display/select.rs", ".hide"),
    ("products.feature", "bot/src/display/select.rs", ".feature"),
    ("products.sort", "bot/src/display/select.rs", ".sort"),
    ("thresholds.low", "bot/src/display/message.rs", "settings.thresholds.low"),
    ("buttons", "bot/src/display/message.rs", "settings.buttons"),
    ("mode", "bot/src/display/message.rs", "settings.mode"),
];

/// Leaves that nothing reads yet: what brings them, and the text by which the bot will read them. Nothing is ever added here; what
/// the bot reads by now is taken out.
const LATER: &[(&str, &str, &str)] = &[
    ("limits", "rate limits of users, channels and shops", "config.limits"),
    ("resilience.breaker", "circuit breakers", "resilience.breaker"),
    ("cache", "the read-through cache, Redis", "config.cache"),
    (
        "features",
        "records of what happens, the cache, live updates of the console",
        "DISCORD_ENABLE_TRACKING",
    ),
    ("retention.performance", "records of performance", "retention.performance"),
    ("retention.analytics", "records of buttons", "retention.analytics"),
    ("shop.channels.restock", "notices of restocks", "config.shop.channels.restock"),
    ("discord.alertWebhookSecretRef", "alerts by webhook", "mounts::ALERT_WEBHOOK"),
    ("fallback", "what is shown while buttons keep failing", "settings.fallback"),
    ("experiment", "experiments", "settings.experiment"),
];

/// The children of a bot by name; of the Deployment without what it says of the configuration file.
fn children(bot: &DiscordBot, displays: Vec<Arc<StockDisplay>>) -> BTreeMap<&'static str, Value> {
    let (key, defaults) = (Key::new("shops", "x"), Defaults { bot_image: "stockbot:1".into() });
    let validated = validate(&key, bot, Fetched { displays, ..Fetched::default() }, &defaults).unwrap();
    let Children { service_account, config_map, mut deployment, service, pod_disruption_budget, .. } =
        build(&validated).unwrap();
    let annotations = deployment.spec.template.metadata.as_mut().unwrap().annotations.as_mut().unwrap();
    for of_the_file in [names::CONFIG_HASH, names::REVISION] {
        annotations.remove(of_the_file);
    }
    let network_policy = build(&validated).unwrap().network_policy;
    [
        ("ServiceAccount", json!(service_account)),
        ("ConfigMap", json!(config_map)),
        ("Deployment", json!(deployment)),
        ("Service", json!(service)),
        ("PodDisruptionBudget", json!(pod_disruption_budget)),
        ("NetworkPolicy", json!(network_policy)),
    ]
    .into()
}

/// The children that differ between two values of a leaf.
fn changed(kind: &str, schema: &Value, leaf: &Leaf) -> Vec<&'static str> {
    let objects = candidates(&leaf.schema).into_iter().filter_map(|value| {
        let mut object = instance(schema, &leaf.path, &value);
        object["apiVersion"] = "stockbot.dev/v1alpha1".into();
        object["kind"] = kind.into();
        object["metadata"] = json!({"name": "x", "namespace": "shops"});
        of(kind, object)
    });
    let all: Vec<_> = objects.collect();
    let Some((first, others)) = all.split_first() else {
        panic!("{}: no value is taken", leaf.path.join("."))
    };
    let differs = |name: &&'static str| others.iter().any(|other| other[*name] != first[*name]);
    first.keys().copied().filter(differs).collect()
}

/// The children because of an object; of a display those of a small bot.
fn of(kind: &str, object: Value) -> Option<BTreeMap<&'static str, Value>> {
    if kind == "DiscordBot" {
        return Some(children(&serde_json::from_value(object).ok()?, Vec::new()));
    }
    let display: StockDisplay = serde_json::from_value(object).ok()?;
    let bot = json!({
        "apiVersion": "stockbot.dev/v1alpha1", "kind": "DiscordBot", "metadata": {"name": "x", "namespace": "shops"},
        "spec": {
            "tokenSecretRef": {"name": "x"}, "guildId": "1100000000000000001", "database": {"urlSecretRef": {"name": "x"}},
        },
    });
    Some(children(&serde_json::from_value(bot).unwrap(), vec![Arc::new(display)]))
}

/// Values that a leaf may have; not all of them need be taken.
fn candidates(schema: &Value) -> Vec<Value> {
    if let Some(words) = schema["enum"].as_array() {
        return words.clone();
    }
    match schema["type"].as_str() {
        _ if is_number(schema) => vec![json!(1), json!(2), schema["maximum"].clone()],
        Some("boolean") => vec![json!(true), json!(false)],
        Some("array") => vec![json!([]), json!([smallest(&schema["items"])])],
        Some("object") => vec![json!({}), json!({"x": smallest(&schema["additionalProperties"])})],
        _ => ["x", "y", "5s", "7s", "1100000000000000001", "1100000000000000002"].map(Value::from).into(),
    }
}

fn entry<'a>(table: &'a [(&str, &str, &str)], path: &str) -> Option<&'a (&'a str, &'a str, &'a str)> {
    table.iter().find(|(known, ..)| {
        path == *known || path.strip_prefix(known).is_some_and(|rest| rest.starts_with('.'))
    })
}

fn source(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The leaves of the specs, by path.
fn spec_leaves() -> Vec<(&'static str, Value, Leaf)> {
    let [(bot, of_bot), (display, of_display)] = kinds();
    let of = |kind: &'static str, schema: Value, leaves: Vec<Leaf>| {
        let of_spec = leaves.into_iter().filter(|leaf| leaf.path[0] == "spec");
        of_spec.map(move |leaf| (kind, schema.clone(), leaf)).collect::<Vec<_>>()
    };
    [of("DiscordBot", bot, of_bot), of("StockDisplay", display, of_display)].concat()
}

#[test]
fn every_leaf_has_an_effect_or_is_of_a_feature_to_come() {
    let mut without = Vec::new();
    for (kind, schema, leaf) in spec_leaves() {
        let path = leaf.path[1..].join(".");
        if entry(LATER, &path).is_some() {
            continue;
        }
        let changed = changed(kind, &schema, &leaf);
        let shown = changed.iter().any(|child| *child != "ConfigMap");
        // A display that names another bot is in another file.
        let read = entry(READ, &path).is_some() || path == "botRef.name";
        if !shown && !read {
            without.push(format!("{kind} spec.{path}: changes {changed:?}, and nobody is known to read it"));
        }
    }
    assert!(without.is_empty(), "{without:#?}");
}

#[test]
fn what_is_said_to_be_read_is_read() {
    let paths: Vec<String> = spec_leaves().into_iter().map(|(_, _, leaf)| leaf.path[1..].join(".")).collect();
    for (field, file, text) in READ {
        assert!(source(file).contains(text), "{field} is not read by {text} in {file}");
        assert!(paths.iter().any(|path| entry(&[(*field, "", "")], path).is_some()), "{field} is no field");
    }
}

#[test]
fn what_is_to_come_gets_less() {
    assert!(LATER.len() <= 12, "a field without effect is not accepted: leave it out of the schema");
    let bot = Path::new(env!("CARGO_MANIFEST_DIR")).join("bot/src");
    let all = sources(&bot);
    for (field, feature, text) in LATER {
        assert!(!all.contains(text), "{field} is read by now: {feature} is there, so name it as read");
    }
}

/// All source texts below a folder.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| if path.is_dir() { sources(&path) } else { fs::read_to_string(path).unwrap() })
        .collect()
}
