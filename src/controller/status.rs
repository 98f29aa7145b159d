//! Writes the status of a custom resource: server-side apply of the subresource, so that a value that is gone goes away.

use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use kube::{
    Api, Resource, ResourceExt as _,
    api::{Patch, PatchParams},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::json;

use crate::{
    api::names,
    cluster::{cache::Key, context::Process},
};

/// Writes it. False if the object is gone, or another one has its name: there is nothing to tell any more.
pub async fn write<K>(process: &Process, object: &K, status: &impl Serialize) -> Result<bool, kube::Error>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let key = Key::of(object);
    let api: Api<K> = Api::namespaced(process.client.clone(), &key.namespace);
    let document = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": key.name, "uid": object.uid()},
        "status": status,
    });
    let params = PatchParams::apply(names::MANAGER).force();
    match api.patch_status(&key.name, &params, &Patch::Apply(&document)).await {
        Err(kube::Error::Api(status)) if matches!(status.code, 404 | 409) => return Ok(false),
        other => other.map(drop)?,
    }
    process
        .metrics
        .writes
        .with_label_values(&[format!("{}/status", K::plural(&())).as_str(), "update"])
        .inc();
    Ok(true)
}
