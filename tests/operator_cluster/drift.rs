//! What other hands do to the children: taken back if it would change what the bot does, named with the command if only a person
//! can undo it, and children that lost their owner are taken over.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Service},
    networking::v1::NetworkPolicy,
};
use kube::{
    Resource, ResourceExt as _,
    api::{DeleteParams, Patch, PatchParams},
};
use serde_json::json;
use stockbot_operator::api::DiscordBot;

use crate::{BOT, world::World};

#[tokio::test]
async fn what_others_add_to_a_child_is_taken_back() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;

    world
        .patch::<Service>(BOT, json!({"spec": {"selector": {"extra": "key"}, "sessionAffinity": "ClientIP"}}))
        .await;
    let only_ours = |found: Option<&Service>| {
        let spec = found.unwrap().spec.as_ref().unwrap();
        spec.selector.as_ref().unwrap().len() == 2 && spec.session_affinity.as_deref() == Some("None")
    };
    world.until(BOT, "the Service selects the pods again", only_ours).await;

    let as_made = world.api::<NetworkPolicy>().get(BOT).await.unwrap().spec;
    let policy =
        json!({"spec": {"egress": [], "ingress": [{"from": [{"ipBlock": {"cidr": "192.0.2.0/24"}}]}]}});
    world.patch::<NetworkPolicy>(BOT, policy).await;
    let is_as_made = |found: Option<&NetworkPolicy>| found.unwrap().spec == as_made;
    world.until(BOT, "the bot reaches and is reached as before", is_as_made).await;

    let evil = json!({"spec": {"template": {"spec": {
        "hostNetwork": true,
        "containers": [
            {"name": "side", "image": "evil"},
            {"name": "stockbot", "command": ["evil"], "env": [{"name": "EXTRA", "value": "evil"}]},
        ],
    }}}});
    let params = PatchParams::default();
    world.api::<Deployment>().patch(BOT, &params, &Patch::Strategic(evil)).await.unwrap();
    let is_whole = |found: Option<&Deployment>| {
        let pod = found.unwrap().spec.template.spec.clone().unwrap();
        pod.containers.len() == 1
            && pod.host_network.is_none()
            && !serde_json::to_string(&pod).unwrap().contains("evil")
    };
    world.until(BOT, "the Deployment is as it was", is_whole).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

#[tokio::test]
async fn what_only_a_person_can_undo_is_named_with_the_command() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    world.patch::<ConfigMap>("growshop-config", json!({"immutable": true})).await;
    world.display("main", BOT, 10).await;
    let message = world.bot_is("Stalled", "True", "RolloutFailed").await;
    assert!(
        message.ends_with(&format!("kubectl -n {} delete ConfigMap growshop-config", world.namespace)),
        "{message}"
    );
    world.delete::<ConfigMap>("growshop-config").await;
    world.bot_is("Stalled", "False", "NotStalled").await;

    world.patch::<Deployment>(BOT, json!({"spec": {"paused": true}})).await;
    world.bot("  image: other\n").await;
    let message = world.bot_is("Stalled", "True", "RolloutFailed").await;
    let resume = format!("kubectl -n {} rollout resume deployment {BOT}", world.namespace);
    assert!(message.ends_with(&resume), "{message}");
    world.patch::<Deployment>(BOT, json!({"spec": {"paused": null}})).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

fn owned_by<K: Resource<DynamicType = ()>>(uid: &str) -> impl Fn(Option<&K>) -> bool {
    move |found| found.is_some_and(|found| found.owner_references().iter().any(|owner| owner.uid == uid))
}

#[tokio::test]
async fn children_that_lost_their_owner_are_taken_over() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let uid = world.bot("").await.uid().unwrap();
    world.until(BOT, "the Deployment is made", owned_by::<Deployment>(&uid)).await;
    world.patch::<Service>(BOT, json!({"metadata": {"ownerReferences": null}})).await;
    world.until(BOT, "the Service has its owner back", owned_by::<Service>(&uid)).await;

    let orphan = DeleteParams::orphan();
    world.api::<DiscordBot>().delete(BOT, &orphan).await.unwrap();
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
    let before = world.api::<Deployment>().get(BOT).await.unwrap();
    let uid = world.bot("").await.uid().unwrap();
    let after = world.until(BOT, "the Deployment is taken over", owned_by::<Deployment>(&uid)).await.unwrap();
    assert_eq!(before.metadata.uid, after.metadata.uid, "it is the same Deployment");
    assert_eq!(before.spec.template, after.spec.template, "no pod is rolled");
    world.until(BOT, "the Service is taken over", owned_by::<Service>(&uid)).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

#[tokio::test]
async fn a_child_that_lost_its_labels_says_how_it_is_taken_over() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.until::<Deployment>(BOT, "the Deployment is made", |found| found.is_some()).await;
    world.api::<DiscordBot>().delete(BOT, &DeleteParams::orphan()).await.unwrap();
    world.until::<DiscordBot>(BOT, "the bot is gone", |found| found.is_none()).await;
    let labels = json!({"metadata": {"ownerReferences": null, "labels": {"stockbot.dev/bot": null, "app.kubernetes.io/managed-by": null}}});
    world.patch::<Service>(BOT, labels).await;
    world.bot("").await;
    let message = world.bot_is("Stalled", "True", "NameTaken").await;
    let command = format!(
        "kubectl -n {} label --overwrite Service growshop stockbot.dev/bot=growshop",
        world.namespace
    );
    assert!(message.contains(&command), "{message}");
    let mended = json!({"metadata": {"labels": {"stockbot.dev/bot": BOT, "app.kubernetes.io/managed-by": "stockbot-operator"}}});
    world.patch::<Service>(BOT, mended).await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}
