//! What people and autoscalers see of a bot through tools that know nothing of it.

use std::process::Command;

use k8s_openapi::api::{autoscaling::v2::HorizontalPodAutoscaler, core::v1::Pod};
use kube::api::{ListParams, PostParams};
use serde_json::json;
use stockbot_config::status::DisplayState;
use stockbot_operator::api::DiscordBot;

use crate::{BOT, SOON, cluster, world::World};

/// What kubectl prints; it has to end well.
fn kubectl(world: &World, line: &str) -> String {
    let output = Command::new("kubectl")
        .args(["--kubeconfig", &cluster::kubeconfig(), "--namespace", &world.namespace])
        .args(line.split(' '))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "kubectl {line}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

fn shows(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(word), "{word} is missing in:\n{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kubectl_waits_for_gets_describes_explains_and_scales_a_bot() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let (bot, _) = world.ready_bot("").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);

    kubectl(&world, "wait --for=condition=Ready stockdisplay/main --timeout=60s");
    kubectl(&world, "wait --for=condition=Ready discordbot/growshop --timeout=60s");
    kubectl(&world, "wait --for=jsonpath={.status.displays.ready}=1 dbot/growshop --timeout=60s");
    kubectl(&world, "wait --for=jsonpath={.status.phase}=Running dbot/growshop --timeout=60s");

    let wide = kubectl(&world, "get dbot -o wide");
    shows(&wide, &["PHASE", "READY", "SHARDS", "DISPLAYS", "STARTS-LEFT", "SHOP", "IMAGE", "MESSAGE"]);
    shows(&wide, &["growshop", "Running", "True", "997", "1 pod is ready, 1 display is published"]);
    shows(&kubectl(&world, "get sd"), &["BOT", "CHANNEL", "PUBLISHED", "PRODUCTS", "HEALTH", "main", "100"]);
    shows(
        &kubectl(&world, "get stockbot -o name"),
        &["discordbot.stockbot.dev/growshop", "stockdisplay.stockbot.dev/main"],
    );
    let described = kubectl(&world, "describe discordbot growshop");
    shows(
        &described,
        &["Conditions:", "AllReady", "Observed Generation:", "Schema Version:", "Bot User:", "Events:"],
    );
    shows(
        &kubectl(&world, "explain dbot.spec.discord.identifyReserve"),
        &["integer", "Session starts per day"],
    );
    shows(&kubectl(&world, "explain sd.spec.refresh"), &["string"]);

    kubectl(&world, "scale dbot growshop --replicas=2");
    world.pods(2).await;
    kubectl(&world, "scale dbot growshop --current-replicas=2 --replicas=0");
    world.pods(0).await;
    world.bot_is("Ready", "True", "Stopped").await;
}

#[tokio::test]
async fn an_autoscaler_reads_and_sets_the_scale_and_selects_the_pods() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    world.bot("").await;
    world.pods(1).await;
    // It needs no metrics to go up to its minimum.
    let scaler = json!({
        "metadata": {"name": BOT},
        "spec": {
            "scaleTargetRef": {"apiVersion": "stockbot.dev/v1alpha1", "kind": "DiscordBot", "name": BOT},
            "minReplicas": 2, "maxReplicas": 3,
            "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}],
        },
    });
    let scalers = world.api::<HorizontalPodAutoscaler>();
    scalers.create(&PostParams::default(), &serde_json::from_value(scaler).unwrap()).await.unwrap();
    world.pods_within(4 * SOON, 2).await;
    assert_eq!(world.api::<DiscordBot>().get(BOT).await.unwrap().spec.replicas, 2);
    // What it does is not undone by somebody who applies a bot without a number of replicas.
    world.bot("  logging: {level: debug}\n").await;
    world.bot_is("Stalled", "False", "NotStalled").await;
    world.pods(2).await;

    let status = world.api::<DiscordBot>().get_scale(BOT).await.unwrap().status.unwrap();
    let selected = ListParams::default().labels(&status.selector.unwrap());
    assert_eq!(world.api::<Pod>().list(&selected).await.unwrap().items.len(), 2);
    let able = |found: Option<&HorizontalPodAutoscaler>| {
        let conditions = found.and_then(|found| found.status.as_ref()?.conditions.as_ref());
        conditions.is_some_and(|all| all.iter().any(|one| one.type_ == "AbleToScale" && one.status == "True"))
    };
    world.until(BOT, "the autoscaler says that it can scale the bot", able).await;
}
