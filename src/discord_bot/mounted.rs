//! Which Secrets a bot mounts: the one list that fetch, validate and build go by.

use stockbot_config::{SecretKeyRef, mounts};

use crate::api::DiscordBotSpec;

/// What a value must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One line without spaces.
    Word,
    /// A Postgres URL.
    PostgresUrl,
    /// Anything but nothing.
    Text,
}

/// One file of the bot's pod that comes from a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounted {
    /// File name, of the contract.
    pub file: &'static str,
    /// The Secret.
    pub secret: String,
    /// The key.
    pub key: String,
    /// The field of the spec that refers to it.
    pub field: &'static str,
    /// What the value must look like.
    pub form: Form,
}

/// Every Secret file of a bot, the token first.
#[must_use]
pub fn mounted(spec: &DiscordBotSpec) -> Vec<Mounted> {
    let one = |file, reference: &SecretKeyRef, default_key: &str, field, form| Mounted {
        file,
        secret: reference.name.clone(),
        key: reference.key.clone().unwrap_or_else(|| default_key.into()),
        field,
        form,
    };
    let required = [
        one(mounts::TOKEN, &spec.token_secret_ref, "token", "tokenSecretRef", Form::Word),
        one(
            mounts::DATABASE_URL,
            &spec.database.url_secret_ref,
            "url",
            "database.urlSecretRef",
            Form::PostgresUrl,
        ),
    ];
    let optional = [
        (mounts::DATABASE_CA, &spec.database.ca_secret_ref, "ca.crt", "database.caSecretRef", Form::Text),
        (
            mounts::DEPOSITS_HMAC,
            &spec.shop.deposits.http_secret_ref,
            "hmac",
            "shop.deposits.httpSecretRef",
            Form::Text,
        ),
        (
            mounts::ALERT_WEBHOOK,
            &spec.discord.alert_webhook_secret_ref,
            "url",
            "discord.alertWebhookSecretRef",
            Form::Word,
        ),
        (mounts::REDIS_URL, &spec.cache.redis_url_secret_ref, "url", "cache.redisUrlSecretRef", Form::Word),
    ];
    let given = optional.into_iter().filter_map(|(file, reference, key, field, form)| {
        reference.as_ref().map(|reference| one(file, reference, key, field, form))
    });
    required.into_iter().chain(given).collect()
}
