//! Fourth step: makes the cluster have the children, and no leftovers. Must not: decide what a child looks like.

use std::sync::Arc;

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Pod, Service, ServiceAccount},
    networking::v1::NetworkPolicy,
    policy::v1::PodDisruptionBudget,
};
use kube::Api;
use stockbot_config::fingerprint;

use super::build::Children;
use crate::{
    api::{DiscordBot, names, pod_monitor::PodMonitor},
    cluster::{
        cache::Key,
        child::{Child, Live},
        context::{Children as Known, Context},
        pod::PodState,
    },
    controller::{
        apply::{ChildWriter, annotate},
        apply_error::{ApplyError, kind, refusal},
    },
};

/// What was applied.
pub struct Applied {
    /// The Deployment had to be written: what comes of it will be seen in a moment.
    pub rolling: bool,
}

/// Writes the children of the bot with that uid. The Deployment comes last: its pods need the others. With `hold` it is
/// left as it is, for it waits for its slot.
pub async fn apply(
    context: &Context,
    key: &Key,
    uid: &str,
    children: Children,
    hold: bool,
) -> Result<Applied, ApplyError> {
    let Children {
        service_account,
        config_map,
        deployment,
        service,
        pod_disruption_budget,
        network_policy,
        pod_monitor,
    } = children;
    if has_orphans(context, key, &Key::of(&config_map)) {
        stays(context, key, uid).await?;
    }
    let writer = ChildWriter::new(&context.process.client, &context.process.metrics, key, uid);
    writer.apply(&context.service_accounts, &service_account).await?;
    let known = context.config_maps.get(&Key::of(&config_map)).is_some();
    let config = writer.apply(&context.config_maps, &config_map).await?;
    if known && config.written {
        // Before whatever else may fail: the next attempt finds the ConfigMap as it should be.
        bring_config(context, key, &fingerprint(&config_map.data)).await;
    }
    writer.apply(&context.services, &service).await?;
    match pod_disruption_budget {
        Some(budget) => drop(writer.apply(&context.budgets, &budget).await?),
        None => writer.prune::<PodDisruptionBudget>(&context.budgets, &key.name).await?,
    }
    match network_policy {
        Some(policy) => drop(writer.apply(&context.network_policies, &policy).await?),
        None => writer.prune::<NetworkPolicy>(&context.network_policies, &key.name).await?,
    }
    // Complete only where the cluster has the kind; when that comes later, every bot is looked at again.
    if context.pod_monitors.is_complete() {
        writer.apply(&context.pod_monitors, &pod_monitor).await?;
    }
    let rolling = !hold && roll(context, &writer, &deployment).await?;
    Ok(Applied { rolling })
}

/// Has a child no owner? Then it would be taken over.
fn has_orphans(context: &Context, key: &Key, config_map: &Key) -> bool {
    fn orphan<K: Child>(known: &Known<K>, key: &Key) -> bool {
        known.get(key).is_some_and(|live: Arc<Live<K::State>>| live.owner.is_none())
    }
    orphan::<Deployment>(&context.deployments, key)
        || orphan::<ConfigMap>(&context.config_maps, config_map)
        || orphan::<Service>(&context.services, key)
        || orphan::<ServiceAccount>(&context.service_accounts, key)
        || orphan::<PodDisruptionBudget>(&context.budgets, key)
        || orphan::<NetworkPolicy>(&context.network_policies, key)
        || orphan::<PodMonitor>(&context.pod_monitors, key)
}

/// Asks the API server whether the bot is still there to stay. The watches of bots and of children are not in step: children may
/// be seen without their owner before it is seen that the bot goes without them (`kubectl delete --cascade=orphan`), and what is
/// taken over then is deleted with it.
async fn stays(context: &Context, key: &Key, uid: &str) -> Result<(), ApplyError> {
    let api: Api<DiscordBot> = Api::namespaced(context.process.client.clone(), &key.namespace);
    let found = api
        .get_metadata_opt(&key.name)
        .await
        .map_err(|error| refusal::<DiscordBot>(key.name.clone(), error))?;
    let stays = found.is_some_and(|found| {
        found.metadata.uid.as_deref() == Some(uid) && found.metadata.deletion_timestamp.is_none()
    });
    if stays {
        return Ok(());
    }
    Err(ApplyError::Conflict { kind: kind::<DiscordBot>(), name: key.name.clone() })
}

/// Writes the configuration alone, for a bot that is being deleted.
pub async fn configure(
    context: &Context,
    key: &Key,
    uid: &str,
    config_map: &ConfigMap,
) -> Result<(), ApplyError> {
    let writer = ChildWriter::new(&context.process.client, &context.process.metrics, key, uid);
    if writer.apply(&context.config_maps, config_map).await?.written {
        bring_config(context, key, &fingerprint(&config_map.data)).await;
    }
    Ok(())
}

/// Writes the Deployment; true if that was needed.
async fn roll(
    context: &Context,
    writer: &ChildWriter<'_>,
    deployment: &Deployment,
) -> Result<bool, ApplyError> {
    let before = context.deployments.get(&Key::of(deployment));
    let applied = writer.apply(&context.deployments, deployment).await?;
    let now = &applied.live.state;
    if let Some(before) = before.filter(|before| before.state.revision != now.revision) {
        let reason = match &before.state {
            before if before.cause != now.cause => "SpecChanged",
            before if before.secret_marks != now.secret_marks => "SecretChanged",
            _ => "OperatorChanged",
        };
        context.process.metrics.rollouts.with_label_values(&[reason]).inc();
    }
    Ok(applied.written)
}

/// The kubelet brings a changed ConfigMap within a minute or so; at once if the pod itself changes.
async fn bring_config(context: &Context, key: &Key, version: &str) {
    let pods = context.pods.of_bot(key);
    let running = |pod: &&Arc<PodState>| !pod.deleting;
    for pod in pods.iter().filter(running) {
        let pod = Key::new(&key.namespace, &pod.name);
        if let Err(error) = annotate::<Pod>(&context.process.client, &pod, names::CONFIG_SYNC, version).await
        {
            // The kubelet will come by itself.
            tracing::warn!(namespace = pod.namespace, pod = pod.name, %error, "cannot hurry the new configuration");
        }
    }
}
