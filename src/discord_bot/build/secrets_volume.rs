//! The volume with every Secret file of the bot. Secrets reach the bot this way only, never through its environment.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    KeyToPath, ProjectedVolumeSource, SecretProjection, Volume, VolumeProjection,
};

use super::super::mounted::Mounted;

/// Name of the volume.
pub const NAME: &str = "secrets";
/// Readable by the owner and the pod's group only: 0440.
const MODE: i32 = 0o440;

/// Builds it: one source per Secret.
#[must_use]
pub fn build(mounted: &[Mounted]) -> Volume {
    let mut secrets: BTreeMap<&str, Vec<KeyToPath>> = BTreeMap::new();
    for Mounted { file, secret, key, .. } in mounted {
        let item = KeyToPath { key: key.clone(), path: (*file).into(), ..KeyToPath::default() };
        secrets.entry(secret).or_default().push(item);
    }
    let sources = secrets.into_iter().map(|(name, items)| VolumeProjection {
        secret: Some(SecretProjection { name: name.into(), items: Some(items), optional: None }),
        ..VolumeProjection::default()
    });
    Volume {
        name: NAME.into(),
        projected: Some(ProjectedVolumeSource {
            default_mode: Some(MODE),
            sources: Some(sources.collect()),
            ..ProjectedVolumeSource::default()
        }),
        ..Volume::default()
    }
}
