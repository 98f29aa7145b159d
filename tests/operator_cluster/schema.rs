//! What the API server refuses, by the schemas and CEL rules of the definitions.

use kube::api::{DynamicObject, PatchParams};
use serde_json::json;
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::{BOT, world::World};

const SPEC: &str = "tokenSecretRef: {name: t}, database: {urlSecretRef: {name: d}}";

async fn refusal(world: &World, yaml: &str) -> String {
    let result: Result<DynamicObject, _> = world.apply(yaml).await;
    match result {
        Err(kube::Error::Api(status)) => status.message.clone(),
        other => panic!("not refused: {yaml}\n{other:?}"),
    }
}

fn bot(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: stockbot.dev/v1alpha1\nkind: DiscordBot\nmetadata: {{name: {name}}}\nspec: {{{spec}}}"
    )
}

fn display(spec: &str) -> String {
    format!(
        "apiVersion: stockbot.dev/v1alpha1\nkind: StockDisplay\nmetadata: {{name: main}}\nspec: {{botRef: {{name: b}}, {spec}}}"
    )
}

#[tokio::test]
async fn bad_bots_are_refused_with_the_reason() {
    let world = World::empty().await;
    let good = format!("guildId: \"1100000000000000001\", {SPEC}");
    let coins = |coins: &str| format!("{good}, shop: {{currency: {{denominations: [{coins}]}}}}");
    for (yaml, reason) in [
        (bot("x", SPEC), "spec.guildId: Required value"),
        (bot("x", "guildId: \"1100000000000000001\""), "spec.tokenSecretRef: Required value"),
        (bot("x", &format!("guildId: \"12\", {SPEC}")), "spec.guildId"),
        (bot("x", &format!("guildId: 1100000000000000001, {SPEC}")), "spec.guildId"),
        (bot("x", &format!("guildId: \"99999999999999999999\", {SPEC}")), "spec.guildId"),
        (bot(&"x".repeat(53), &good), "must not be longer than 52 characters"),
        (bot("x", &format!("{good}, replicas: 6")), "spec.replicas"),
        (bot("x", &format!("{good}, replicas: -1")), "spec.replicas"),
        (
            bot("x", &format!("{good}, database: {{urlSecretRef: {{name: d}}, maxConnections: 1}}")),
            "maxConnections",
        ),
        (bot("x", &format!("{good}, cache: {{ttl: 5 minutes}}")), "spec.cache.ttl"),
        (bot("x", &format!("{good}, discord: {{apiUrl: discord.com}}")), "spec.discord.apiUrl"),
        (bot("x", &format!("{good}, probes: {{deep: {{period: 2d}}}}")), "period must be from 1s to 1h"),
        (bot("x", &format!("{good}, imagePullPolicy: Sometimes")), "spec.imagePullPolicy"),
        (
            bot("x", &coins("{code: WL, name: World Lock, value: 2}")),
            "the first denomination must have value 1",
        ),
        (
            bot("x", &coins("{code: WL, name: W, value: 1}, {code: WL, name: D, value: 100}")),
            "must be unique",
        ),
        (
            bot(
                "x",
                &coins(
                    "{code: A, name: A, value: 1}, {code: B, name: B, value: 100}, {code: C, name: C, value: 10}",
                ),
            ),
            "must be ordered",
        ),
        (bot("x", &coins("{code: wl, name: World Lock, value: 1}")), "denominations[0].code"),
        (bot("x", &format!("{good}, shop: {{name: Not A Name}}")), "spec.shop.name"),
        (bot("x", &format!("{good}, shop: {{maxQuantity: 1000}}")), "spec.shop.maxQuantity"),
        (bot("x", &format!("{good}, shop: {{admins: {{users: [\"me\"]}}}}")), "spec.shop.admins.users[0]"),
    ] {
        let message = refusal(&world, &yaml).await;
        assert!(message.contains(reason), "{yaml}\nis refused with: {message}\nnot with: {reason}");
    }
}

#[tokio::test]
async fn bad_displays_are_refused_with_the_reason() {
    let world = World::empty().await;
    let buttons =
        |buttons: &str| display(&format!("channelId: \"1100000000000000010\", buttons: [{buttons}]"));
    let with = |more: &str| display(&format!("channelId: \"1100000000000000010\", {more}"));
    for (yaml, reason) in [
        (display("title: x"), "spec.channelId: Required value"),
        (display("channelId: general"), "spec.channelId"),
        (with("color: red"), "spec.color"),
        (with("refresh: 5s"), "refresh must be from 10s to 1h"),
        (with("refresh: 2d"), "refresh must be from 10s to 1h"),
        (with("mode: Broken"), "spec.mode"),
        (buttons(""), "spec.buttons"),
        (buttons("{action: Sell}"), "spec.buttons[0].action"),
        (buttons("{action: Buy}, {action: Buy, row: 1}"), "each action may have one button"),
        (
            buttons(
                "{action: Buy}, {action: Help}, {action: Orders}, {action: Notify}, {action: History}, {action: Balance}",
            ),
            "a row holds five buttons",
        ),
        (buttons("{action: Buy, row: 5}"), "spec.buttons[0].row"),
    ] {
        let message = refusal(&world, &yaml).await;
        assert!(message.contains(reason), "{yaml}\nis refused with: {message}\nnot with: {reason}");
    }
}

#[tokio::test]
async fn a_shop_keeps_its_name_and_currency() {
    let world = World::empty().await;
    world.bot("  shop: {name: garden}\n").await;
    for (change, reason) in [
        (json!({"spec": {"shop": {"name": "other"}}}), "shop.name cannot be changed"),
        (json!({"spec": {"shop": {"name": null}}}), "shop.name cannot be changed"),
        (json!({"spec": {"shop": {"currency": {"maxBalance": 5}}}}), "currency cannot be changed"),
        (
            json!({"spec": {"shop": {"currency": {"denominations": [{"code": "EUR", "name": "Euro", "value": 1}]}}}}),
            "currency cannot be changed",
        ),
    ] {
        let patch = kube::api::Patch::Merge(&change);
        let refused = world
            .api::<DiscordBot>()
            .patch(BOT, &PatchParams::default(), &patch)
            .await
            .unwrap_err()
            .to_string();
        assert!(refused.contains(reason), "{change} is refused with: {refused}");
    }
    world.patch::<DiscordBot>(BOT, json!({"spec": {"shop": {"locale": "en"}}})).await;
}

#[tokio::test]
async fn the_examples_are_accepted_with_the_documented_defaults() {
    let world = World::empty().await;
    for file in ["discordbot", "stockdisplay"] {
        let path = format!("{}/examples/{file}.yaml", env!("CARGO_MANIFEST_DIR"));
        let yaml = std::fs::read_to_string(path).unwrap().replace("namespace: shops", "");
        world.apply(&yaml).await.unwrap();
    }
    let bot = world.api::<DiscordBot>().get("growshop").await.unwrap().spec;
    assert_eq!((bot.running, bot.replicas, bot.max_restart_attempts), (true, 1, 3));
    assert_eq!(bot.shop.currency.denominations.len(), 3);
    let display = world.api::<StockDisplay>().get("main").await.unwrap().spec;
    assert_eq!(display.settings.buttons.len(), 5);
    assert_eq!(display.settings.refresh.to_string(), "55s");
}
