//! `stockbot-operator crds`: the definitions as YAML, to stdout or as files.

use std::{fs, path::Path};

use anyhow::Context as _;
use kube::ResourceExt as _;
use stockbot_operator::api::definitions;

/// Prints them, one document each.
pub fn print() -> anyhow::Result<()> {
    for definition in definitions() {
        print!("---\n{}", serde_yaml::to_string(&definition)?);
    }
    Ok(())
}

/// Writes one file each.
pub fn write(dir: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(dir)?;
    for definition in definitions() {
        let path = dir.join(format!("{}.yaml", definition.name_any()));
        let text = serde_yaml::to_string(&definition)?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
