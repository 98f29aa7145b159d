//! A bot that was stored under an older, looser definition, and that this operator cannot read.

use k8s_openapi::api::apps::v1::Deployment;
use kube::{Resource as _, ResourceExt as _, api::DynamicObject};
use serde_json::{Value, json};
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, definitions};

use crate::{SOON, cluster, leadership::acts, world::World};

/// A weight that no 32 bits hold.
const BAD: &str = "apiVersion: stockbot.dev/v1alpha1\nkind: DiscordBot\nmetadata: {name: bad}\nspec:\n  \
    tokenSecretRef: {name: growshop-discord}\n  guildId: \"1100000000000000001\"\n  \
    database: {urlSecretRef: {name: shop-postgres}}\n  \
    podTemplate:\n    affinity:\n      nodeAffinity:\n        preferredDuringSchedulingIgnoredDuringExecution:\n        \
    - {weight: 99999999999, preference: {matchFields: [{key: metadata.name, operator: In, values: [a]}]}}\n";

/// The definition of bots, but for a bound that no other test looks at.
fn loose() -> Value {
    let name = DiscordBot::plural(&());
    let found = definitions().into_iter().find(|one| one.name_any().starts_with(&*name)).unwrap();
    let mut document = serde_json::to_value(&found).unwrap();
    let spec = &mut document["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"];
    let affinity =
        &mut spec["properties"]["podTemplate"]["properties"]["affinity"]["properties"]["nodeAffinity"];
    let preferred = &mut affinity["properties"]["preferredDuringSchedulingIgnoredDuringExecution"];
    let weight = preferred["items"]["properties"]["weight"].as_object_mut().unwrap();
    weight.remove("maximum").expect("the bound is there");
    document
}

/// Stores it. Other tests install the definition of this checkout meanwhile, so that takes several attempts.
async fn store(world: &World) {
    eventually(SOON, "it is stored under the older definition", || async {
        cluster::install_definition(&world.client, loose()).await;
        world.create(BAD).await.map(drop)
    })
    .await;
    let another = BAD.replace("name: bad", "name: worse");
    eventually(SOON, "the definition of this checkout is in force", || async {
        cluster::install_definitions(&world.client).await;
        match world.create(&another).await {
            Err(refused) if refused.to_string().contains("weight") => Ok(()),
            other => {
                let _ = world.erased().delete("worse", &kube::api::DeleteParams::default()).await;
                Err(format!("{other:?}"))
            }
        }
    })
    .await;
}

async fn stalled(world: &World) {
    let message = eventually(SOON, "it is told that it cannot be read", || async {
        let bad: DynamicObject = world.erased().get("bad").await.unwrap();
        let conditions = bad.data["status"]["conditions"].as_array().cloned().unwrap_or_default();
        let is = |one: &&Value| one["type"] == "Stalled" && one["status"] == "True";
        conditions.iter().find(is).map(|one| one["message"].to_string()).ok_or(conditions)
    })
    .await;
    assert!(message.contains("99999999999"), "{message}");
}

#[tokio::test]
async fn a_bot_that_cannot_be_read_is_stalled_and_holds_up_nobody_also_after_a_restart() {
    let world = World::new().await;
    store(&world).await;
    let operator = world.operator(&[]);
    acts(&world, 31).await;
    stalled(&world).await;
    operator.stop().await;

    let operator = world.operator(&[]);
    acts(&world, 32).await;
    stalled(&world).await;
    world.patch::<DiscordBot>("bad", json!({"spec": {"podTemplate": {"affinity": null}}})).await;
    world.bot_called_is("bad", "Stalled", "False", "NotStalled").await;
    world.until::<Deployment>("bad", "it is served as well", |found| found.is_some()).await;
    operator.stop().await;
}
