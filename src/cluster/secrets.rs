//! What the operator knows of the Secrets that bots mount: whether a key is there and plausible, and the resource version.
//!
//! Least privilege: only `get` by name is needed, in the namespaces of the bots; no list, no watch. The value of a Secret is
//! read when its resource version is new, judged, and dropped; in between only metadata is asked for, by [`Secrets::poll`].
//! Must not: keep, log or pass on a value.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::api::core::v1::Secret;
use kube::{Api, Client, ResourceExt as _};
use stockbot_config::fingerprint;

use super::cache::Key;

/// How often Secrets are looked at.
const CALM: Duration = Duration::from_secs(15);
/// How often those of a bot are looked at that another value may mend.
const EAGER: Duration = Duration::from_secs(2);
/// Least time between two looks, so that thousands of Secrets are 250 cheap reads a second at most.
const PACE: Duration = Duration::from_millis(4);
/// Most looks under way at once: one slow answer holds up none of the others.
const CONCURRENCY: usize = 16;

/// What a key's value looks like; nothing of the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Fingerprint of the value, by which a change is noticed.
    pub content: String,
    /// Nothing, or only white space.
    pub empty: bool,
    /// One line of printable text (a last newline is allowed).
    pub one_line: bool,
    /// `postgres://...` or `postgresql://...`.
    pub postgres_url: bool,
}

/// What is known of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretState {
    /// There is none of that name.
    Missing,
    /// The operator may not read it: it mounts it blindly.
    Forbidden,
    /// It exists.
    Present {
        /// Its resource version.
        version: String,
        /// Its keys.
        keys: BTreeMap<String, Shape>,
    },
}

/// Why a Secret could not be looked at.
#[derive(Debug, thiserror::Error)]
#[error("cannot look at Secret {name}: {source}")]
pub struct SecretError {
    name: String,
    source: Box<kube::Error>,
}

struct Entry {
    state: Arc<SecretState>,
    /// Bots that another value may mend.
    waiting: HashSet<Key>,
    looked: Instant,
}

/// The Secrets that bots refer to.
pub struct Secrets {
    client: Client,
    entries: Mutex<HashMap<Key, Entry>>,
}

impl Secrets {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client, entries: Mutex::default() }
    }

    /// What is known of a Secret; asks the API server only for one that is new here.
    pub async fn get(&self, key: &Key) -> Result<Arc<SecretState>, SecretError> {
        match self.known(key) {
            Some(state) => Ok(state),
            None => self.read(key).await,
        }
    }

    /// Says whether another value in one of its Secrets could mend a bot; while it could, they are looked at often.
    pub fn set_waiting<'a>(&self, bot: &Key, waits: bool, secrets: impl Iterator<Item = &'a str>) {
        let mut entries = self.lock();
        for name in secrets {
            if let Some(entry) = entries.get_mut(&Key::new(&bot.namespace, name)) {
                if waits {
                    entry.waiting.insert(bot.clone())
                } else {
                    entry.waiting.remove(bot)
                };
            }
        }
    }

    /// Looks at the Secrets in turn, for ever. `wanted` names those that any bot refers to now; `changed` is called for
    /// each that is not what it was.
    pub async fn poll(&self, wanted: impl Fn() -> HashSet<Key>, changed: impl Fn(&Key)) {
        let mut pace = tokio::time::interval(PACE);
        pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turn = tokio::time::interval(EAGER);
        turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            turn.tick().await;
            let ticks = stream::unfold(&mut pace, |pace| async {
                pace.tick().await;
                Some(((), pace))
            });
            let (changed, due) = (&changed, stream::iter(self.due(&wanted())));
            due.zip(ticks)
                .for_each_concurrent(CONCURRENCY, |(key, ())| async move {
                    if self.look(&key).await {
                        changed(&key);
                    }
                })
                .await;
        }
    }

    /// Forgets what no bot refers to; returns what is due for a look.
    fn due(&self, wanted: &HashSet<Key>) -> Vec<Key> {
        let mut entries = self.lock();
        entries.retain(|key, _| wanted.contains(key));
        let due =
            |entry: &Entry| entry.looked.elapsed() >= if entry.waiting.is_empty() { CALM } else { EAGER };
        entries.iter().filter(|(_, entry)| due(entry)).map(|(key, _)| key.clone()).collect()
    }

    /// Asks for the metadata alone; reads the Secret if it is another than the known one. True if anything changed.
    async fn look(&self, key: &Key) -> bool {
        let Some(before) = self.known(key) else { return false };
        let version = match self.api(key).get_metadata_opt(&key.name).await {
            Ok(found) => found.and_then(|metadata| metadata.resource_version()),
            Err(error) if is_forbidden(&error) => return self.put(key, SecretState::Forbidden) != before,
            Err(error) => {
                tracing::warn!(namespace = key.namespace, name = key.name, %error, "cannot look at a Secret");
                return false;
            }
        };
        let same = match (&*before, &version) {
            (SecretState::Missing, None) => true,
            (SecretState::Present { version: known, .. }, Some(version)) => known == version,
            _ => false,
        };
        if same {
            self.touch(key);
            return false;
        }
        self.read(key).await.is_ok_and(|now| now != before)
    }

    async fn read(&self, key: &Key) -> Result<Arc<SecretState>, SecretError> {
        let state = match self.api(key).get_opt(&key.name).await {
            Ok(Some(secret)) => judge(secret),
            Ok(None) => SecretState::Missing,
            Err(error) if is_forbidden(&error) => SecretState::Forbidden,
            Err(source) => return Err(SecretError { name: key.name.clone(), source: Box::new(source) }),
        };
        Ok(self.put(key, state))
    }

    fn api(&self, key: &Key) -> Api<Secret> {
        Api::namespaced(self.client.clone(), &key.namespace)
    }

    fn known(&self, key: &Key) -> Option<Arc<SecretState>> {
        self.lock().get(key).map(|entry| Arc::clone(&entry.state))
    }

    fn touch(&self, key: &Key) {
        if let Some(entry) = self.lock().get_mut(key) {
            entry.looked = Instant::now();
        }
    }

    fn put(&self, key: &Key, state: SecretState) -> Arc<SecretState> {
        let state = Arc::new(state);
        let mut entries = self.lock();
        let waiting = entries.remove(key).map(|entry| entry.waiting).unwrap_or_default();
        let entry = Entry { state: Arc::clone(&state), waiting, looked: Instant::now() };
        entries.insert(key.clone(), entry);
        state
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_forbidden(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Api(status) if status.code == 403)
}

fn judge(secret: Secret) -> SecretState {
    let version = secret.resource_version().unwrap_or_default();
    let (namespace, name) = (secret.namespace(), secret.name_any());
    let data = secret.data.into_iter().flatten();
    // With the place, so that equal values in two places do not show as equal.
    let judged = data.map(|(key, value)| {
        let content = fingerprint(&(&namespace, &name, &key, &value.0));
        (key, shape(&value.0, content))
    });
    SecretState::Present { version, keys: judged.collect() }
}

fn shape(value: &[u8], content: String) -> Shape {
    let text = std::str::from_utf8(value).ok().map(str::trim);
    Shape {
        content,
        empty: text.is_some_and(str::is_empty),
        one_line: text.is_some_and(|text| !text.contains(|c: char| c.is_control() || c.is_whitespace())),
        postgres_url: text
            .is_some_and(|text| text.starts_with("postgres://") || text.starts_with("postgresql://")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_judged_by_its_shape() {
        let judged = |value: &str| {
            let shape = shape(value.as_bytes(), String::new());
            (shape.empty, shape.one_line, shape.postgres_url)
        };
        assert_eq!(judged("postgres://u:p@db/shop\n"), (false, true, true));
        assert_eq!(judged("MTEx.abc.def"), (false, true, false));
        assert_eq!(judged(" \n"), (true, true, false));
        assert_eq!(judged("two\nlines"), (false, false, false));
        assert!(!shape(&[0xff, 0xfe], String::new()).one_line);
    }
}
