//! Second step: is what was fetched usable? Everything later takes only its result.
//! Must not: do I/O, or decide what children look like.

use std::{collections::BTreeMap, sync::Arc};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::OwnerReference;
use kube::Resource as _;
use stockbot_config::{CONTRACT, Config, DisplayConfig, fingerprint, mounts};

use super::{
    displays::configured,
    fetch::{Fetched, Pod},
    mounted::{Form, Mounted, mounted},
    secret_marks::SecretMarks,
};
use crate::{
    api::{DiscordBot, DiscordBotSpec, names},
    cluster::{cache::Key, context::Defaults, deployment::DeploymentState, secrets::SecretState},
};

/// A mistake that only the user can mend; each says how.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// A Secret does not exist.
    #[error("Secret {secret} does not exist; create it with key {key}, or set {field}.name")]
    SecretNotFound {
        /// Its name.
        secret: String,
        /// The key that is needed.
        key: String,
        /// The field that refers to it.
        field: &'static str,
    },
    /// A Secret lacks a key.
    #[error("Secret {secret} has no key {key}; add it or set {field}.key")]
    SecretKeyMissing {
        /// Its name.
        secret: String,
        /// The key that is needed.
        key: String,
        /// The field that refers to it.
        field: &'static str,
    },
    /// A key's value cannot be what it should be.
    #[error("key {key} of Secret {secret} ({field}) {problem}")]
    SecretMalformed {
        /// Its name.
        secret: String,
        /// The key.
        key: String,
        /// The field that refers to it.
        field: &'static str,
        /// What is wrong and what to do.
        problem: &'static str,
    },
}

impl Mistake {
    /// Reason of the Stalled condition and label of the failure metric.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::SecretNotFound { .. } => "SecretNotFound",
            Self::SecretKeyMissing { .. } | Self::SecretMalformed { .. } => "SecretKeyMissing",
        }
    }
}

/// A bot that can be built.
#[derive(Clone, Debug)]
pub struct Validated {
    /// Namespace and name.
    pub key: Key,
    /// For its children.
    pub owner: OwnerReference,
    /// Its spec.
    pub spec: DiscordBotSpec,
    /// Its image.
    pub image: String,
    /// Pods that should run.
    pub wanted: i32,
    /// The configuration file.
    pub config: Config,
    /// Its Secret files.
    pub mounted: Vec<Mounted>,
    /// Which contents of its Secrets the pods are to be made for.
    pub secret_marks: SecretMarks,
    /// Fingerprint of the token, and of the wish for a restart.
    pub token_hash: String,
    /// Fingerprint of what people changed.
    pub cause: String,
    /// Its generation.
    pub generation: Option<i64>,
    /// The annotation by which people ask for a restart.
    pub restarted_at: Option<String>,
    /// Its Deployment as it is.
    pub deployment: Option<DeploymentState>,
    /// Its pods as they are.
    pub pods: Vec<Pod>,
}

/// The image that the bot should have.
#[must_use]
pub fn image(spec: &DiscordBotSpec, defaults: &Defaults) -> String {
    if spec.image.is_empty() { defaults.bot_image.clone() } else { spec.image.clone() }
}

/// Checks a bot. A bot that is stopped needs no Secrets.
pub fn validate(
    key: &Key,
    bot: &DiscordBot,
    fetched: Fetched,
    defaults: &Defaults,
) -> Result<Validated, Mistake> {
    let spec = &bot.spec;
    let mounted = mounted(spec);
    if spec.wanted() > 0 {
        mounted.iter().try_for_each(|file| check_secret(file, &fetched.secrets))?;
    }
    let restarted_at =
        bot.metadata.annotations.as_ref().and_then(|all| all.get(names::RESTARTED_AT)).cloned();
    let secret_marks = SecretMarks::of_bot(&mounted, &fetched);
    Ok(Validated {
        key: key.clone(),
        owner: bot.controller_owner_ref(&()).unwrap_or_default(),
        image: image(spec, defaults),
        wanted: spec.wanted(),
        config: config(key, spec, configured(&fetched.displays)),
        cause: fingerprint(&(bot.metadata.generation, &restarted_at)),
        generation: bot.metadata.generation,
        // Asking for a restart is also a way to have a rejected token tried again.
        token_hash: fingerprint(&(secret_marks.of(mounts::TOKEN), &restarted_at)),
        secret_marks,
        spec: spec.clone(),
        mounted,
        restarted_at,
        deployment: fetched.deployment,
        pods: fetched.pods,
    })
}

fn check_secret(file: &Mounted, secrets: &BTreeMap<String, Arc<SecretState>>) -> Result<(), Mistake> {
    let Mounted { secret, key, field, form, .. } = file.clone();
    let shape = match secrets.get(&secret).map(|state| &**state) {
        // What may not be read is mounted blindly: the kubelet or the bot will say what is wrong with it.
        None | Some(SecretState::Forbidden) => return Ok(()),
        Some(SecretState::Missing) => return Err(Mistake::SecretNotFound { secret, key, field }),
        Some(SecretState::Present { keys, .. }) => match keys.get(&key) {
            None => return Err(Mistake::SecretKeyMissing { secret, key, field }),
            Some(shape) => shape,
        },
    };
    let problem = match form {
        _ if shape.empty => "is empty; put the value in",
        Form::Word if !shape.one_line => "must be one line without spaces; put just the value in",
        Form::PostgresUrl if !shape.postgres_url || !shape.one_line => {
            "is not a URL like postgres://user:password@host/database; correct it"
        }
        _ => return Ok(()),
    };
    Err(Mistake::SecretMalformed { secret, key, field, problem })
}

fn config(key: &Key, spec: &DiscordBotSpec, displays: Vec<DisplayConfig>) -> Config {
    let mut shop = spec.shop.clone();
    shop.name.get_or_insert_with(|| key.name.clone());
    Config {
        contract: CONTRACT,
        bot: key.name.clone(),
        namespace: key.namespace.clone(),
        guild_id: spec.guild_id,
        database: spec.database.settings(),
        discord: spec.discord.settings(),
        shop,
        limits: spec.limits.clone(),
        resilience: spec.resilience.clone(),
        cache: spec.cache.clone(),
        features: spec.features.clone(),
        retention: spec.retention.clone(),
        logging: spec.logging.clone(),
        termination_grace_period_seconds: spec.termination_grace_period_seconds,
        displays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cluster::secrets::Shape,
        discord_bot::fixtures::{bot, defaults, display, fetched, key, secret},
    };

    fn mistake(more: &str, fetched: Fetched) -> String {
        validate(&key(), &bot(more), fetched, &defaults()).unwrap_err().to_string()
    }

    fn with_secret(name: &str, state: SecretState) -> Fetched {
        let mut fetched = fetched();
        fetched.secrets.insert(name.into(), Arc::new(state));
        fetched
    }

    fn with_shape(name: &str, key: &str, shape: Shape) -> Fetched {
        with_secret(
            name,
            SecretState::Present { version: "1".into(), keys: [(key.to_owned(), shape)].into() },
        )
    }

    #[test]
    fn each_mistake_with_a_secret_says_what_to_do() {
        let shape =
            |empty, one_line, postgres_url| Shape { content: String::new(), empty, one_line, postgres_url };
        for (more, fetched, message) in [
            (
                "",
                with_secret("growshop-discord", SecretState::Missing),
                "Secret growshop-discord does not exist; create it with key token, or set tokenSecretRef.name",
            ),
            (
                "",
                Fetched { secrets: [("growshop-discord".into(), secret("tok", "1"))].into(), ..fetched() },
                "Secret growshop-discord has no key token; add it or set tokenSecretRef.key",
            ),
            (
                "",
                with_shape("growshop-discord", "token", shape(true, true, false)),
                "key token of Secret growshop-discord (tokenSecretRef) is empty; put the value in",
            ),
            (
                "",
                with_shape("growshop-discord", "token", shape(false, false, false)),
                "key token of Secret growshop-discord (tokenSecretRef) must be one line without spaces; put just the value in",
            ),
            (
                "",
                with_shape("shop-postgres", "url", shape(false, true, false)),
                "key url of Secret shop-postgres (database.urlSecretRef) is not a URL like postgres://user:password@host/database; correct it",
            ),
            (
                "  shop: {deposits: {httpSecretRef: {name: dep}}}\n",
                with_secret("dep", SecretState::Missing),
                "Secret dep does not exist; create it with key hmac, or set shop.deposits.httpSecretRef.name",
            ),
        ] {
            assert_eq!(mistake(more, fetched), message);
        }
    }

    #[test]
    fn a_stopped_bot_and_one_whose_secrets_may_not_be_read_are_valid() {
        let forbidden = with_secret("growshop-discord", SecretState::Forbidden);
        for (more, fetched) in [
            ("  running: false\n", with_secret("growshop-discord", SecretState::Missing)),
            ("  replicas: 0\n", with_secret("growshop-discord", SecretState::Missing)),
            ("", forbidden),
        ] {
            assert!(validate(&key(), &bot(more), fetched, &defaults()).is_ok(), "{more}");
        }
    }

    #[test]
    fn the_oldest_display_of_a_channel_is_configured_and_all_are_sorted_by_name() {
        let (one, two) = (1_100_000_000_000_000_010, 1_100_000_000_000_000_011);
        // Oldest first, as they are fetched.
        let displays = vec![display("z", one, 3), display("a", one, 2), display("b", two, 1)];
        let bot = validate(&key(), &bot(""), Fetched { displays, ..fetched() }, &defaults()).unwrap();
        let names: Vec<_> = bot.config.displays.iter().map(|display| display.name.as_str()).collect();
        assert_eq!(names, ["b", "z"]);
    }

    #[test]
    fn the_image_and_the_shop_have_their_defaults() {
        let valid = |more| validate(&key(), &bot(more), fetched(), &defaults()).unwrap();
        assert_eq!(valid("").image, "registry.example.com/stockbot:1");
        assert_eq!(valid("  image: mine\n").image, "mine");
        assert_eq!(valid("").config.shop.name.as_deref(), Some("growshop"));
        assert_eq!(valid("  shop: {name: garden}\n").config.shop.name.as_deref(), Some("garden"));
    }

    #[test]
    fn only_what_people_change_is_a_cause() {
        let cause = |version: &str, generation, image: &str| {
            let mut fetched = fetched();
            fetched.secrets.insert("shop-postgres".into(), secret("url", version));
            let mut bot = bot("");
            bot.metadata.generation = Some(generation);
            let defaults = Defaults { bot_image: image.into() };
            validate(&key(), &bot, fetched, &defaults).unwrap().cause
        };
        assert_eq!(cause("1", 1, "old"), cause("1", 1, "new"));
        assert_eq!(cause("1", 1, "old"), cause("2", 1, "old"), "many bots may share a Secret");
        assert_ne!(cause("1", 1, "old"), cause("1", 2, "old"));
    }
}
