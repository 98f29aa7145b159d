//! Sets and removes the operator's finalizer of a custom resource, and nobody else's.

use std::{fmt::Debug, time::Duration};

use k8s_openapi::NamespaceResourceScope;
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
};
use serde_json::json;

use super::driver::Next;
use crate::{api::names, client::words, cluster::cache::Key};

/// How soon it is tried again: no watch tells that the right to do it was given.
const AGAIN: Duration = Duration::from_mins(1);

/// Is the object held, when it is deleted, until its live messages are gone?
#[must_use]
pub fn is_held<K: Resource>(object: &K) -> bool {
    object.finalizers().iter().any(|finalizer| finalizer == names::LIVE_MESSAGES)
}

/// Has the object held, when it is deleted, until `finalizer` is removed; `None` removes it. By server-side apply: the operator
/// sets nothing else in the object, and only this very object is meant.
pub async fn set<K>(client: &Client, object: &K, finalizer: Option<&str>) -> Result<(), kube::Error>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Debug,
{
    let Key { namespace, name } = Key::of(object);
    let mut metadata = json!({"name": name, "uid": object.uid()});
    if let Some(finalizer) = finalizer {
        metadata["finalizers"] = json!([finalizer]);
    }
    let document = json!({"apiVersion": K::api_version(&()), "kind": K::kind(&()), "metadata": metadata});
    let kind = ApiResource::erase::<K>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(client.clone(), &namespace, &kind);
    match api.patch(&name, &PatchParams::apply(names::MANAGER).force(), &Patch::Apply(&document)).await {
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => Ok(()),
        other => other.map(drop),
    }
}

/// The same; if that is refused it is told in the log, the object is as it was, and it is worth another look.
pub async fn try_set<K>(client: &Client, object: &K, finalizer: Option<&str>) -> Next
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Debug,
{
    let Err(error) = set(client, object, finalizer).await else { return Next::Change };
    let (kind, Key { namespace, name }) = (K::kind(&()), Key::of(object));
    tracing::warn!(
        %kind,
        namespace,
        name,
        error = words(&error),
        "the finalizer cannot be changed; live messages may outlive the object"
    );
    Next::After(AGAIN)
}
