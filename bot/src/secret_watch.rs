//! Notices that the kubelet has brought other Secrets than the process started with, and tells so in `/status`: where the operator
//! may not read Secrets, this is how it learns that the pods have to be rolled. Must not: use the new values; a rollout does.

use std::{fs, path::Path, path::PathBuf, sync::Arc, time::Duration};

use stockbot_config::fingerprint;
use tokio_util::sync::CancellationToken;

use crate::state::State;

/// How often the files are read; the kubelet itself brings a change within a minute or so.
const PERIOD: Duration = Duration::from_secs(5);

/// The mounted Secrets that the process started with.
pub struct SecretWatch {
    directory: PathBuf,
    first: Option<String>,
}

impl SecretWatch {
    /// Reads them.
    #[must_use]
    pub fn start(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), first: contents(directory) }
    }

    /// Tells of every change until `stopping`.
    pub async fn follow(self, state: Arc<State>, stopping: CancellationToken) {
        while stopping.run_until_cancelled(tokio::time::sleep(PERIOD)).await.is_some() {
            let changed = self.changed();
            state.update(|status| status.secrets_changed = changed);
        }
    }

    /// Fingerprint of what is mounted now, if that is something else.
    fn changed(&self) -> Option<String> {
        contents(&self.directory).filter(|now| Some(now) != self.first.as_ref())
    }
}

/// Fingerprint of the files' names and contents; `None` if they cannot be read (just now: the kubelet swaps a link).
fn contents(directory: &Path) -> Option<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).ok()? {
        let entry = entry.ok()?;
        let name = entry.file_name().into_string().ok()?;
        // The kubelet keeps versions in hidden directories and links the files to the current one.
        if !name.starts_with('.') {
            files.push((name, fs::read(entry.path()).ok()?));
        }
    }
    files.sort();
    (!files.is_empty()).then(|| fingerprint(&files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_other_contents_are_told_and_none_is_shown() {
        let directory = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| fs::write(directory.path().join(name), content).unwrap();
        write("token", "first");
        let watch = SecretWatch::start(directory.path());
        write(".hidden", "x");
        write("token", "first");
        assert_eq!(watch.changed(), None, "written again, with the same content");
        write("token", "s3cret");
        let told = watch.changed().unwrap();
        assert!(!told.contains("s3cret") && told.len() == 16, "{told}");
        write("token", "first");
        assert_eq!(watch.changed(), None, "back again");
        fs::remove_file(directory.path().join("token")).unwrap();
        assert_eq!(watch.changed(), None, "nothing to read is no news");
    }
}
