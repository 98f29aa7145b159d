//! The ConfigMap with the configuration file, displays included.

use k8s_openapi::api::core::v1::ConfigMap;
use stockbot_config::mounts::CONFIG_FILE;

use super::{super::validate::Validated, BuildError, metadata};
use crate::api::names;

/// What the API server takes in one ConfigMap.
pub const LARGEST: usize = 1 << 20;

/// Builds it.
pub fn build(bot: &Validated) -> Result<ConfigMap, BuildError> {
    let text = bot.config.to_yaml()?;
    if text.len() > LARGEST {
        return Err(BuildError::ConfigTooLarge);
    }
    let (_, file) = CONFIG_FILE.rsplit_once('/').unwrap_or_default();
    Ok(ConfigMap {
        metadata: metadata(bot, names::config_map(&bot.key.name), "config"),
        data: Some([(file.to_owned(), text)].into()),
        ..ConfigMap::default()
    })
}
