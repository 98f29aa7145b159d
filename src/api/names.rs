//! Names that users and tests rely on: labels, annotations, children (api.md section 1). Each is written here only.

use std::collections::BTreeMap;

/// The one field manager of everything the operator writes, and the value of `app.kubernetes.io/managed-by`.
pub const MANAGER: &str = "stockbot-operator";
/// Value of `app.kubernetes.io/name` on every child.
pub const APP: &str = "stockbot";

/// Label: the program.
pub const LABEL_NAME: &str = "app.kubernetes.io/name";
/// Label: the bot.
pub const LABEL_INSTANCE: &str = "app.kubernetes.io/instance";
/// Label: who looks after the object.
pub const LABEL_MANAGED_BY: &str = "app.kubernetes.io/managed-by";
/// Label: what the object is for.
pub const LABEL_COMPONENT: &str = "app.kubernetes.io/component";
/// Label: the bot, under our own name so that no other tool rewrites it.
pub const LABEL_BOT: &str = "stockbot.dev/bot";

/// Annotation of a `DiscordBot`: `"true"` stops every write.
pub const PAUSED: &str = "stockbot.dev/paused";
/// Annotation of a `DiscordBot`: a new value rolls the pods.
pub const RESTARTED_AT: &str = "stockbot.dev/restartedAt";

/// Finalizer of a `DiscordBot` that has shown something: its live messages are removed before it goes.
pub const LIVE_MESSAGES: &str = "stockbot.dev/live-messages";

/// Annotation of every child: fingerprint of what the operator last applied, so that removed fields are noticed.
pub const APPLIED: &str = "stockbot.dev/applied";
/// Annotation of a Deployment: why it is scaled to 0 although the bot should run; see `discord_bot::halt`.
pub const HALTED: &str = "stockbot.dev/halted";
/// Annotation of a Deployment: fingerprint of what people changed in the bot (generation, wish for a restart). If it stays
/// while the pod template changes, the operator is the cause of the rollout.
pub const CAUSE: &str = "stockbot.dev/cause";
/// Annotation of a Deployment: the bot's generation that it, and so every child, was last written for.
pub const GENERATION: &str = "stockbot.dev/generation";
/// Annotation of a pod template: fingerprint of the configuration that only a restart can change.
pub const CONFIG_HASH: &str = "stockbot.dev/config-hash";
/// Annotation of a Deployment: which contents of the mounted Secrets its pods were made for, as fingerprints.
pub const SECRET_MARKS: &str = "stockbot.dev/secret-marks";
/// Annotation of a pod template: fingerprint of the contents of all mounted Secrets that it was made for.
pub const SECRETS_HASH: &str = "stockbot.dev/secrets-hash";
/// Annotation of a pod template: the same of the token alone, and of the wish for a restart.
pub const TOKEN_HASH: &str = "stockbot.dev/token-hash";
/// Annotation of a pod template: fingerprint of the template itself; tells current pods from those of an older rollout.
pub const REVISION: &str = "stockbot.dev/revision";
/// Annotation of running pods: touched after a change of the ConfigMap, so that the kubelet brings it at once.
pub const CONFIG_SYNC: &str = "stockbot.dev/config-sync";

/// Longest name of a `DiscordBot` (a rule of its schema): leaves room for the suffixes of pods.
pub const MAX_NAME: usize = 52;

/// Name of the bot's ConfigMap.
#[must_use]
pub fn config_map(bot: &str) -> String {
    format!("{bot}-config")
}

/// Labels by which the pods of a bot are selected; never changes, a Deployment's selector is immutable.
#[must_use]
pub fn selector(bot: &str) -> BTreeMap<String, String> {
    [(LABEL_NAME, APP), (LABEL_INSTANCE, bot)].map(|(key, value)| (key.into(), value.into())).into()
}

/// [`selector`] as `kubectl get -l` takes it.
#[must_use]
pub fn selector_text(bot: &str) -> String {
    format!("{LABEL_NAME}={APP},{LABEL_INSTANCE}={bot}")
}

/// Labels of every child.
#[must_use]
pub fn labels(bot: &str, component: &str) -> BTreeMap<String, String> {
    let mut labels = selector(bot);
    labels.extend(
        [(LABEL_MANAGED_BY, MANAGER), (LABEL_COMPONENT, component), (LABEL_BOT, bot)]
            .map(|(key, value)| (key.into(), value.into())),
    );
    labels
}

/// Selects every child of every bot.
#[must_use]
pub fn children_selector() -> String {
    format!("{LABEL_NAME}={APP},{LABEL_MANAGED_BY}={MANAGER}")
}
