//! What the pure tests start from: the smallest objects of both kinds.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{DiscordBot, StockDisplay};

/// The smallest bot, with `more` lines of spec (YAML, two spaces in front).
pub fn bot(more: &str) -> DiscordBot {
    let yaml = format!(
        "apiVersion: stockbot.dev/v1alpha1\nkind: DiscordBot\n\
         metadata: {{name: growshop, namespace: shops, uid: bot-uid, generation: 1}}\nspec:\n  \
         tokenSecretRef: {{name: growshop-discord}}\n  guildId: \"1100000000000000001\"\n  \
         database: {{urlSecretRef: {{name: shop-postgres}}}}\n{more}"
    );
    serde_yaml::from_str(&yaml).unwrap()
}

/// A display of that age in seconds (a higher one is older).
pub fn display(name: &str, channel: u64, age: i64) -> Arc<StockDisplay> {
    let created = k8s_openapi::jiff::Timestamp::from_second(1_800_000_000 - age).unwrap();
    let display = json!({
        "apiVersion": "stockbot.dev/v1alpha1", "kind": "StockDisplay",
        "metadata": {"name": name, "namespace": "shops", "uid": name, "generation": 1, "creationTimestamp": created},
        "spec": {"botRef": {"name": "growshop"}, "channelId": channel.to_string()},
    });
    Arc::new(serde_json::from_value(display).unwrap())
}

/// The names of the fields that a status has, those within others with a dot; a list is one.
pub fn fields(status: &Value) -> Vec<String> {
    let Some(object) = status.as_object() else { return vec![String::new()] };
    let inner = |(name, value)| {
        let within = move |inner: String| {
            if inner.is_empty() { String::clone(name) } else { format!("{name}.{inner}") }
        };
        fields(value).into_iter().map(within)
    };
    object.iter().flat_map(inner).collect()
}
