//! Server-side apply of one child, and deletion of leftovers. Writes nothing if nothing would change, and never
//! touches an object that the bot does not control.

#[cfg(test)]
mod tests;

use k8s_openapi::NamespaceResourceScope;
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{DeleteParams, Patch, PatchParams, Preconditions},
    core::PartialObjectMeta,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::{fmt::Debug, sync::Arc};
use stockbot_config::fingerprint;

use super::apply_error::{ApplyError, kind, refusal};
use crate::{
    api::names,
    cluster::{
        cache::{Cache, Key, Summary as _},
        child::{Child, Live},
        foreign,
    },
    metrics::Metrics,
};

/// The children's kinds that can be applied.
pub trait Applicable:
    Child + Resource<Scope = NamespaceResourceScope> + Clone + DeserializeOwned + Debug + Send + Sync + 'static
{
}
impl<K> Applicable for K where
    K: Child
        + Resource<Scope = NamespaceResourceScope>
        + Clone
        + DeserializeOwned
        + Debug
        + Send
        + Sync
        + 'static
{
}

/// What became of a child.
pub struct Applied<S> {
    /// The child as it is now.
    pub live: Arc<Live<S>>,
    /// It had to be written.
    pub written: bool,
}

/// Writes children of one bot.
pub struct ChildWriter<'a> {
    client: &'a Client,
    metrics: &'a Metrics,
    bot: &'a Key,
    bot_uid: &'a str,
}

impl<'a> ChildWriter<'a> {
    /// A writer for the children of `bot`.
    #[must_use]
    pub fn new(client: &'a Client, metrics: &'a Metrics, bot: &'a Key, bot_uid: &'a str) -> Self {
        Self { client, metrics, bot, bot_uid }
    }

    /// Makes the child what `wanted` says, unless it is already.
    pub async fn apply<K: Applicable>(
        &self,
        cache: &Cache<Live<K::State>>,
        wanted: &K,
    ) -> Result<Applied<K::State>, ApplyError> {
        let key = Key::of(wanted);
        let live = cache.get(&key);
        if let Some(other) = live.as_ref().filter(|live| !live.belongs_to(&self.bot.name, self.bot_uid)) {
            return Err(self.name_taken::<K>(key.name, other));
        }
        let document = document(wanted, live.as_ref().map(|live| live.uid.as_str()))?;
        let fingerprint = document["metadata"]["annotations"][names::APPLIED].as_str().unwrap_or_default();
        let as_wanted = |live: &&Arc<Live<_>>| {
            live.owner.is_some()
                && !live.touched
                && (live.footprint.covers(&document) || live.means(fingerprint))
        };
        if let Some(live) = live.as_ref().filter(as_wanted) {
            return Ok(Applied { live: Arc::clone(live), written: false });
        }
        let params = PatchParams { force: live.is_some(), ..PatchParams::apply(names::MANAGER) };
        let api: Api<K> = Api::namespaced(self.client.clone(), &key.namespace);
        match api.patch(&key.name, &params, &Patch::Apply(&document)).await {
            Ok(object) => {
                self.count::<K>(if live.is_some() { "update" } else { "create" });
                let object = self.take_back(&api, object).await?;
                let (before, answer) = (live.map(|live| live.version()), Live::of(&object));
                let (version, content) = (answer.version(), answer.footprint.clone());
                let live = cache.put(key, answer);
                if live.footprint == content {
                    live.is_meant_by(fingerprint);
                }
                // A write that changes nothing leaves the version as it is.
                Ok(Applied { live, written: before != Some(version) })
            }
            Err(kube::Error::Api(status)) if status.code == 409 => Err(self.conflict(&api, cache, key).await),
            Err(kube::Error::Api(status))
                if status.code == 422 && live.is_some_and(|live| live.immutable) =>
            {
                let Key { namespace, name } = key;
                Err(ApplyError::Immutable { kind: kind::<K>(), namespace, name })
            }
            Err(error) => Err(refusal::<K>(key.name, error)),
        }
    }

    /// Removes from an object just written what others have set in it.
    async fn take_back<K: Applicable>(&self, api: &Api<K>, object: K) -> Result<K, ApplyError> {
        let Some(mut patch) = foreign::removal(&object) else { return Ok(object) };
        let name = object.name_any();
        tracing::info!(kind = kind::<K>(), name, %patch, "what others have set is taken back");
        // Only this very state of the object has been looked at.
        patch["metadata"] = json!({"resourceVersion": object.resource_version()});
        let params = PatchParams { field_manager: Some(names::MANAGER.into()), ..PatchParams::default() };
        let patched = api.patch(&name, &params, &Patch::Strategic(patch)).await;
        self.count::<K>("update");
        patched.map_err(|error| refusal::<K>(name, error))
    }

    fn name_taken<K: Applicable>(&self, name: String, other: &Live<K::State>) -> ApplyError {
        let kind = kind::<K>();
        let Key { namespace, name: bot } = self.bot;
        let claim = if other.made_by_us && other.owner.is_none() {
            let labels = names::selector_text(bot);
            format!(
                "was made by the operator, but its labels do not say that it is this DiscordBot's; to have it taken over: kubectl -n {namespace} label --overwrite {kind} {name} {}={bot} {}={} {}",
                names::LABEL_BOT,
                names::LABEL_MANAGED_BY,
                names::MANAGER,
                labels.replace(',', " "),
            )
        } else if other.made_by_us && other.bot == *bot {
            "belongs to an earlier DiscordBot of this name; Kubernetes removes it in a moment, or delete it"
                .into()
        } else {
            "is not controlled by this DiscordBot; delete or rename it, or give the DiscordBot another name"
                .into()
        };
        ApplyError::NameTaken { kind, name, claim }
    }

    /// Deletes the child of that name, if it is this bot's.
    pub async fn prune<K: Applicable>(
        &self,
        cache: &Cache<Live<K::State>>,
        name: &str,
    ) -> Result<(), ApplyError> {
        let key = Key::new(&self.bot.namespace, name);
        let Some(live) = cache.get(&key).filter(|live| live.belongs_to(&self.bot.name, self.bot_uid)) else {
            return Ok(());
        };
        let api: Api<K> = Api::namespaced(self.client.clone(), &key.namespace);
        let exactly = Preconditions { uid: Some(live.uid.clone()), resource_version: None };
        match api.delete(name, &DeleteParams::default().preconditions(exactly)).await {
            Ok(_) => self.count::<K>("delete"),
            Err(kube::Error::Api(status)) if status.code == 404 => {}
            // Another object has the name by now, or this one cannot be deleted just now: which, the next look tells.
            Err(kube::Error::Api(status)) if status.code == 409 => {
                return Err(self.conflict(&api, cache, key).await);
            }
            Err(error) => return Err(refusal::<K>(key.name, error)),
        }
        cache.remove(&key);
        Ok(())
    }

    /// The object is not what the cache says: another one has the name, or ours has changed or gone.
    async fn conflict<K: Applicable>(
        &self,
        api: &Api<K>,
        cache: &Cache<Live<K::State>>,
        key: Key,
    ) -> ApplyError {
        match api.get_opt(&key.name).await {
            Ok(Some(object)) => {
                let live = Live::of(&object);
                if !live.belongs_to(&self.bot.name, self.bot_uid) {
                    return self.name_taken::<K>(key.name, &live);
                }
                cache.put(key.clone(), live);
            }
            Ok(None) => {
                cache.remove(&key);
            }
            Err(error) => return refusal::<K>(key.name, error),
        }
        ApplyError::Conflict { kind: kind::<K>(), name: key.name }
    }

    fn count<K: Applicable>(&self, operation: &str) {
        self.metrics.writes.with_label_values(&[&K::plural(&()), operation]).inc();
    }
}

/// Sets an annotation of an object that the operator does not own as a whole (a running pod).
pub async fn annotate<K>(client: &Client, key: &Key, annotation: &str, value: &str) -> Result<(), kube::Error>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let api: Api<K> = Api::namespaced(client.clone(), &key.namespace);
    let patch = json!({"metadata": {"annotations": {annotation: value}}});
    let params = PatchParams { field_manager: Some(names::MANAGER.into()), ..PatchParams::default() };
    let patched: Result<PartialObjectMeta<K>, _> =
        api.patch_metadata(&key.name, &params, &Patch::Merge(&patch)).await;
    match patched {
        Err(kube::Error::Api(status)) if status.code == 404 => Ok(()),
        other => other.map(drop),
    }
}

/// The document to apply, with its own fingerprint: fields that are not wanted any more change that, and are so noticed. For an object that exists it names the uid, so that no other object of that name is written.
/// For a new one it names a resource version that no object has any more: then the API server can only create.
fn document<K: Child>(wanted: &K, uid: Option<&str>) -> Result<Value, serde_json::Error> {
    let mut document = serde_json::to_value(wanted)?;
    let hash = fingerprint(&document);
    let metadata = &mut document["metadata"];
    metadata["annotations"][names::APPLIED] = hash.into();
    match uid {
        Some(uid) => metadata["uid"] = uid.into(),
        None => metadata["resourceVersion"] = "1".into(),
    }
    Ok(document)
}
