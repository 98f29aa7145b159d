//! Which fields of the configuration a running bot picks up by itself, and which only a restart can change: the one table that
//! the operator's pod template and the bot's reload go by.

use serde_yaml::{Mapping, Value};

use crate::file::Config;

/// When a changed field has its effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Within seconds: the bot reads it again whenever it needs it.
    Live,
    /// With the next start.
    Restart,
}

/// Every field by its path; a path stands for everything below it.
pub const FIELDS: &[(&str, Effect)] = &[
    ("contract", Effect::Live),
    ("bot", Effect::Restart),
    ("namespace", Effect::Restart),
    ("guildId", Effect::Restart),
    ("database", Effect::Restart),
    ("discord.apiUrl", Effect::Restart),
    ("discord.shards", Effect::Restart),
    ("discord.identifyReserve", Effect::Live),
    ("shop.name", Effect::Restart),
    ("shop.locale", Effect::Live),
    ("shop.currency", Effect::Restart),
    ("shop.maxQuantity", Effect::Live),
    ("shop.lowStockThreshold", Effect::Live),
    ("shop.admins", Effect::Live),
    ("shop.buyerRoleId", Effect::Live),
    ("shop.channels", Effect::Live),
    ("shop.deposits.webhookId", Effect::Live),
    ("shop.deposits.authorId", Effect::Live),
    // A mounted Secret, as is the Redis URL.
    ("shop.deposits.httpSecretRef", Effect::Restart),
    ("shop.maintenance", Effect::Live),
    ("limits", Effect::Live),
    ("resilience", Effect::Restart),
    ("cache", Effect::Restart),
    // The pod sees them as environment variables.
    ("features", Effect::Restart),
    ("retention", Effect::Live),
    ("logging", Effect::Live),
    // Of the pod that it was made for.
    ("terminationGracePeriodSeconds", Effect::Restart),
    ("displays", Effect::Live),
];

impl Config {
    /// What only a restart can change: equal for two configurations of which a running bot takes one for the other.
    #[must_use]
    pub fn needs_restart(&self) -> Value {
        let all = serde_yaml::to_value(self).unwrap_or_default();
        without_live(&all, "").unwrap_or_default()
    }
}

/// `value` at `path` without its live fields; a field that the table forgot counts as one for a restart.
fn without_live(value: &Value, path: &str) -> Option<Value> {
    match (FIELDS.iter().find(|(known, _)| *known == path), value) {
        (Some((_, Effect::Live)), _) => None,
        (None, Value::Mapping(fields)) => {
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            let kept = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), without_live(value, &below(key.as_str()?))?)));
            Some(Value::Mapping(kept.collect::<Mapping>()))
        }
        _ => Some(value.clone()),
    }
}
