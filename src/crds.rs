//! `stockbot-operator crds`: the definitions as YAML, to stdout or as files.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use kube::ResourceExt as _;
use stockbot_operator::api::definitions;

/// Why the definitions could not be given out.
#[derive(Debug, thiserror::Error)]
pub enum CrdsError {
    /// A definition is no YAML; cannot happen with the types used.
    #[error("a definition cannot be written as YAML: {0}")]
    Yaml(#[from] serde_yaml::Error),
    /// A file or directory cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Prints them, one document each.
pub fn print() -> Result<(), CrdsError> {
    for definition in definitions() {
        print!("---\n{}", serde_yaml::to_string(&definition)?);
    }
    Ok(())
}

/// Writes one file each.
pub fn write(dir: &Path) -> Result<(), CrdsError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| CrdsError::Write { path, source }
    };
    fs::create_dir_all(dir).map_err(failed(dir))?;
    for definition in definitions() {
        let path = dir.join(format!("{}.yaml", definition.name_any()));
        fs::write(&path, serde_yaml::to_string(&definition)?).map_err(failed(&path))?;
    }
    Ok(())
}
