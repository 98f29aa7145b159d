//! The ConfigMap with the configuration file, displays included.

use k8s_openapi::api::core::v1::ConfigMap;
use stockbot_config::mounts::CONFIG_FILE;

use super::{super::validate::Validated, metadata};
use crate::api::names;

/// Builds it.
pub fn build(bot: &Validated) -> Result<ConfigMap, serde_yaml::Error> {
    let (_, file) = CONFIG_FILE.rsplit_once('/').unwrap_or_default();
    Ok(ConfigMap {
        metadata: metadata(bot, names::config_map(&bot.key.name), "config"),
        data: Some([(file.to_owned(), bot.config.to_yaml()?)].into()),
        ..ConfigMap::default()
    })
}
