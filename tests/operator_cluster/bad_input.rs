//! Names of full length, thousands of displays, Secrets of garbage, names of another namespace: each is told of in a condition or
//! works, and the bot beside it does not notice.

use std::{collections::BTreeMap, time::Duration};

use futures_util::{StreamExt as _, stream};
use k8s_openapi::{
    ByteString,
    api::core::v1::{ConfigMap, Pod, Secret},
};
use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams, PostParams},
};
use serde_json::json;
use stockbot_config::status::DisplayState;
use stockbot_harness::eventually;
use stockbot_operator::api::{DiscordBot, StockDisplay, conditions::find};

use crate::{BOT, SOON, fake_bot::FakeBot, kubelet::running, world::World};

/// How long things may take among a thousand displays.
const CROWDED: Duration = Duration::from_mins(4);

#[tokio::test]
async fn names_of_full_length_work() {
    let world = World::empty().await;
    let _operator = world.operator(&[]);
    let (name, display, secret) = ("b".repeat(52), "d".repeat(63), "s".repeat(253));
    world.secret(&secret, &"k".repeat(253), "postgres://shop:secret@db/shop").await;
    world.secret("growshop-discord", "token", "MTEw.abc.def").await;
    let more = format!("  database: {{urlSecretRef: {{name: {secret}, key: {}}}}}\n", "k".repeat(253));
    world.bot_called(&name, &more).await;
    let made = world.display(&display, &name, 10).await;
    let bot = FakeBot::start().await;
    bot.shows(&display, &made.spec.settings, DisplayState::Published);
    world.pod_runs(&world.pods(1).await.remove(0), &bot.ip).await;
    world.display_is(&display, "Ready", "True", "Published").await;
    world.bot_called_is(&name, "Ready", "True", "AllReady").await;
}

/// Displays with so long a text that a thousand do not fit into a `ConfigMap`.
async fn many_displays(world: &World, count: usize) {
    let displays = world.api::<StockDisplay>();
    stream::iter(0..count)
        .for_each_concurrent(16, |number| {
            let (displays, params) = (&displays, PostParams::default());
            let display = json!({
                "apiVersion": "stockbot.dev/v1alpha1", "kind": "StockDisplay",
                "metadata": {"name": format!("display-{number:04}"), "labels": {"many": (number % 2).to_string()}},
                "spec": {
                    "botRef": {"name": BOT}, "channelId": format!("11000000000001{number:04}"),
                    "description": "x".repeat(1_000),
                },
            });
            async move { drop(displays.create(&params, &serde_json::from_value(display).unwrap()).await.unwrap()) }
        })
        .await;
}

/// Waits until the bot's Stalled is that; gives its message.
async fn stalled_is(world: &World, status: &str) -> String {
    let bots = world.api::<DiscordBot>();
    eventually(CROWDED, &format!("Stalled is {status}"), || async {
        let conditions = bots.get(BOT).await.unwrap().status.unwrap_or_default().conditions;
        let found = find(&conditions, "Stalled").filter(|found| found.status == status);
        found.map(|found| found.message.clone()).ok_or(conditions)
    })
    .await
}

#[tokio::test]
async fn more_displays_than_a_configuration_holds_are_told_of_and_hold_up_nobody() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let _bot = world.ready_bot("").await;
    many_displays(&world, 1_000).await;
    let message = stalled_is(&world, "True").await;
    assert!(
        message.starts_with("its displays make a configuration larger than ")
            && message.contains("another bot"),
        "{message}"
    );
    let config = world.api::<ConfigMap>().get("growshop-config").await.unwrap();
    assert!(config.data.unwrap()["config.yaml"].len() <= 1 << 20, "what the pods have stays");

    world.bot_called("second", "").await;
    world.pods_within(CROWDED, 2).await;

    let half = ListParams::default().labels("many=1");
    world.api::<StockDisplay>().delete_collection(&DeleteParams::default(), &half).await.unwrap();
    stalled_is(&world, "False").await;
    let whole = |found: Option<&ConfigMap>| {
        let text = found.and_then(|found| found.data.as_ref()?.get("config.yaml"));
        text.is_some_and(|text| text.matches("display-").count() == 500)
    };
    world.until("growshop-config", "the displays that are left are configured", whole).await;
}

#[tokio::test]
async fn garbage_in_a_secret_is_told_of_without_its_content_and_heals() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let (_good, _) = world.ready_bot("").await;
    let secrets = world.api::<Secret>();
    let garbage: Vec<u8> = (0..=255).cycle().take(1 << 10).collect();
    let cases: [(&str, Vec<u8>, &str); 5] = [
        ("empty", Vec::new(), "is empty"),
        ("binary", garbage.clone(), "must be one line"),
        ("lines", b"TOKEN-ON\nTWO-LINES".to_vec(), "must be one line"),
        ("huge", [b"HUGE ".repeat(200_000), Vec::new()].concat(), "must be one line"),
        ("elsewhere", Vec::new(), "has no key token"),
    ];
    for (name, value, _) in &cases {
        let key = if *name == "elsewhere" { "other" } else { "token" };
        let data = BTreeMap::from([(key.to_owned(), ByteString(value.clone()))]);
        let metadata = serde_json::from_value(json!({"name": name})).unwrap();
        let secret = Secret { metadata, data: Some(data), ..Secret::default() };
        secrets.create(&PostParams::default(), &secret).await.unwrap();
        world.bot_called(name, &format!("  tokenSecretRef: {{name: {name}}}\n")).await;
    }
    for (name, _, words) in &cases {
        let message = world.bot_called_is(name, "Stalled", "True", "SecretKeyMissing").await;
        assert!(message.contains(&format!("Secret {name}")) && message.contains(words), "{message}");
        assert!(message.len() < 500, "{message}");
    }
    let log = operator.process.output();
    assert!(!log.contains("TWO-LINES") && !log.contains("HUGE") && !log.contains("panicked"), "{log}");
    world.bot_is("Ready", "True", "AllReady").await;

    for (name, ..) in &cases {
        world.secret(name, "token", "MTEx.abc.def").await;
        world.bot_called_is(name, "Stalled", "False", "NotStalled").await;
    }
}

#[tokio::test]
async fn what_another_namespace_holds_is_not_found() {
    let (world, other) = (World::empty().await, World::new().await);
    let _operator = world.operator(&["--watch-namespaces", &other.namespace]);
    other.bot("").await;
    let theirs = other.pods(1).await.remove(0);
    world.display("main", BOT, 10).await;
    let message = world.display_is("main", "Stalled", "True", "BotNotFound").await;
    assert!(message.contains(&world.namespace), "{message}");
    world.bot("").await;
    let message = world.bot_is("Stalled", "True", "SecretNotFound").await;
    assert!(message.starts_with("Secret growshop-discord does not exist"), "{message}");

    for reference in ["other/growshop", "../growshop"] {
        let yaml = format!(
            "apiVersion: stockbot.dev/v1alpha1\nkind: StockDisplay\nmetadata: {{name: bad}}\nspec: {{botRef: {{name: \"{reference}\"}}, channelId: \"1100000000000000011\"}}"
        );
        let made = world.create(&yaml).await;
        assert!(
            matches!(&made, Err(kube::Error::Api(status)) if status.code == 422),
            "{reference}: {made:?}"
        );
    }
    let bot = FakeBot::start().await;
    other.pod_status(&theirs, running(&bot.ip)).await;
    other.bot_is("Ready", "True", "AllReady").await;
    let pods = other.api::<Pod>().list(&ListParams::default()).await.unwrap().items;
    assert_eq!(pods.iter().map(ResourceExt::name_any).collect::<Vec<_>>(), [theirs.name_any()]);
}

#[tokio::test]
async fn a_secret_of_full_size_beside_small_ones_is_no_trouble() {
    let world = World::new().await;
    let operator = world.operator(&[]);
    let data = BTreeMap::from([
        ("token".to_owned(), ByteString(b"MTEw.abc.def".to_vec())),
        ("rest".to_owned(), ByteString(vec![0xff; (1 << 20) - 100])),
    ]);
    let metadata = serde_json::from_value(json!({"name": "full"})).unwrap();
    let secret = Secret { metadata, data: Some(data), ..Secret::default() };
    world.api::<Secret>().create(&PostParams::default(), &secret).await.unwrap();
    world.bot("  tokenSecretRef: {name: full}\n").await;
    let bot = FakeBot::start().await;
    world.pod_runs(&world.pods_within(SOON, 1).await.remove(0), &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    operator.stop().await;
}
