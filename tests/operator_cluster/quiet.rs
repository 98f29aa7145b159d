//! What writes nothing, or little: values that the API server spells otherwise, a display's change, a rollout, a farewell.

use std::sync::{Arc, Mutex};

use futures_util::StreamExt as _;
use k8s_openapi::api::core::v1::Pod;
use kube::{
    Api, ResourceExt as _,
    api::{DeleteParams, ListParams},
    runtime::{WatchStreamExt as _, watcher},
};
use serde_json::json;
use stockbot_config::status::DisplayState;
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, StockDisplay, conditions::find, names};

use crate::{BOT, SOON, fake_bot::FakeBot, operator::Operator, world::World};

#[tokio::test]
async fn values_that_the_api_server_writes_in_its_own_way_are_written_once() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let amounts = "  resources: {requests: {cpu: \"1.2m\", memory: 0.1Gi}}\n  probes: {deep: {period: 1s}}\n";
    let (bot, first) = world.ready_bot(amounts).await;
    let field = json!({"containerName": "stockbot", "resource": "limits.memory", "divisor": "1024Ki"});
    let env = json!([{"name": "MEMORY", "valueFrom": {"resourceFieldRef": field}}]);
    world.patch::<DiscordBot>(BOT, json!({"spec": {"podTemplate": {"env": env}}})).await;
    world.pod_runs(&second(&world, &first).await, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    operator.probed(3).await;
    let before = operator.writes().await;
    operator.probed(5).await;
    assert_eq!(operator.writes().await, before, "it writes what it has written already");
    operator.stop().await;

    let operator = world.operator(&[]);
    operator.leads().await;
    operator.probed(3).await;
    assert_eq!(operator.writes().await, 0, "a restarted operator writes");
}

/// The pod that comes beside a known one.
async fn second(world: &World, known: &Pod) -> Pod {
    world.pods(2).await.into_iter().find(|pod| pod.name_any() != known.name_any()).unwrap()
}

/// A ready bot with a published display, and nothing more to tell.
async fn published(world: &World, operator: &Operator) -> (FakeBot, Pod) {
    let (bot, pod) = world.ready_bot("  probes: {deep: {period: 1s}}\n").await;
    let display = world.display("main", BOT, 10).await;
    bot.shows("main", &display.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.bot_is("Ready", "True", "AllReady").await;
    operator.probed(3).await;
    (bot, pod)
}

#[tokio::test]
async fn a_new_bot_costs_few_requests() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let _first = world.ready_bot("").await;
    operator.quiet().await;
    let before = operator.requests().await;
    // As shops come: a token of its own, a database that others use too.
    world.secret("second-discord", "token", "MTEx.abc.def").await;
    world.bot_called("second", "  tokenSecretRef: {name: second-discord}\n").await;
    let second = FakeBot::start().await;
    second.says(|status| status.application_id = Some("1100000000000000008".into()));
    let pod = world.pods(2).await.into_iter().find(|pod| pod.name_any().starts_with("second")).unwrap();
    world.pod_starts(&pod, &second.ip).await;
    world.bot_called_is("second", "Ready", "True", "AllReady").await;
    operator.quiet().await;
    let requests = operator.requests().await - before;
    println!("{requests} requests for a new bot");
    let (_, all) = operator.get("/metrics").await.unwrap();
    // Five children, one Secret, two statuses: that it starts, and that it is ready.
    assert!(requests <= 8, "{requests} requests for a new bot:\n{all}");
}

#[tokio::test]
async fn a_change_of_a_display_costs_few_requests() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let (bot, _) = published(&world, &operator).await;
    let before = operator.requests().await;
    let changed: StockDisplay = world.patch("main", json!({"spec": {"title": "New"}})).await;
    bot.shows("main", &changed.spec.settings, DisplayState::Published);
    world.display_is("main", "Ready", "True", "Published").await;
    world.bot_is("Ready", "True", "AllReady").await;
    operator.probed(3).await;
    let requests = operator.requests().await - before;
    println!("{requests} requests for a display's change");
    let (_, all) = operator.get("/metrics").await.unwrap();
    // The ConfigMap, the pod's annotation, the display's status; one more where the machine is so slow that a moment of "not
    // yet published" has to be told.
    assert!(requests <= 4, "{requests} requests for a display's change:\n{all}");
}

#[tokio::test]
async fn a_rollout_is_no_trouble_that_anybody_is_woken_for() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let (bot, mut pod) = published(&world, &operator).await;
    let display: StockDisplay = world.api().get("main").await.unwrap();
    let told = Told::start(&world);
    for round in 0..3 {
        let at = json!({"metadata": {"annotations": {names::RESTARTED_AT: format!("2026-11-20T18:00:0{round}Z")}}});
        world.patch::<DiscordBot>(BOT, at).await;
        let fresh = second(&world, &pod).await;
        // The new pod is warm before it owns the shard and has looked at the live message.
        let next = FakeBot::start().await;
        next.says(|status| status.gateway.shards.connected = 0);
        next.shows("main", &display.spec.settings, DisplayState::NotYetPublished);
        world.pod_runs(&fresh, &next.ip).await;
        world.pods(1).await;
        pod = fresh;
        next.says(|status| status.gateway.shards.connected = 1);
        next.shows("main", &display.spec.settings, DisplayState::Published);
        world.bot_is("Ready", "True", "AllReady").await;
        operator.probed(2).await;
    }
    drop(bot);
    assert_eq!(told.troubles(), Vec::<String>::new());
}

/// What people could see of the bot's and the display's status, as it changed.
struct Told(Arc<Mutex<Vec<String>>>, tokio::task::JoinHandle<()>);

impl Told {
    fn start(world: &World) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (kept, bots, displays) =
            (Arc::clone(&seen), world.api::<DiscordBot>(), world.api::<StockDisplay>());
        let task = tokio::spawn(async move {
            let mut bots = std::pin::pin!(watcher(bots, watcher::Config::default()).applied_objects());
            let mut displays =
                std::pin::pin!(watcher(displays, watcher::Config::default()).applied_objects());
            loop {
                let trouble = tokio::select! {
                    Some(Ok(bot)) = bots.next() => {
                        let conditions = bot.status.unwrap_or_default().conditions;
                        find(&conditions, "Degraded").filter(|one| one.status == "True").cloned()
                    }
                    Some(Ok(display)) = displays.next() => {
                        let conditions = display.status.unwrap_or_default().conditions;
                        find(&conditions, "Ready").filter(|one| one.status == "False").cloned()
                    }
                    else => return,
                };
                kept.lock()
                    .unwrap()
                    .extend(trouble.map(|one| format!("{} {}: {}", one.type_, one.reason, one.message)));
            }
        });
        Self(seen, task)
    }

    fn troubles(self) -> Vec<String> {
        self.1.abort();
        self.0.lock().unwrap().clone()
    }
}

#[tokio::test]
async fn what_is_going_away_is_left_in_peace() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    for number in 0..8 {
        let bot = format!("shop-{number}");
        world.bot_called(&bot, "").await;
        world.display(&format!("display-{number}"), &bot, 10).await;
    }
    for number in 0..8 {
        world.display_is(&format!("display-{number}"), "Ready", "False", "NotYetPublished").await;
    }
    operator.quiet().await;
    // Statuses of displays, events, requests for what is not there any more.
    let idle = async || {
        let count = async |parts: &[&str]| operator.metric("api_requests_total", parts).await;
        let displays = count(&["resource=\"stockdisplays/status\""]).await;
        (displays, count(&["resource=\"events\"", "verb=\"create\""]).await, count(&["code=\"404\""]).await)
    };
    let before = idle().await;
    let bots: Api<DiscordBot> = world.api();
    bots.delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    let displays: Api<StockDisplay> = world.api();
    displays.delete_collection(&DeleteParams::default(), &ListParams::default()).await.unwrap();
    eventually(SOON, "all is gone", || async {
        let left = bots.list(&ListParams::default()).await.unwrap().items.len();
        if left == 0 { Ok(()) } else { Err(left) }
    })
    .await;
    operator.quiet().await;
    assert_eq!(idle().await, before, "(display statuses, events, requests for what is gone)");
}
