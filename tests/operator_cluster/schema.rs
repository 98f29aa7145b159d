//! What the API server refuses, by the schemas and CEL rules of the definitions.

use kube::api::{DynamicObject, PatchParams};
use serde_json::json;
use stockbot_operator::api::{DiscordBot, StockDisplay};

use crate::{BOT, world::World};

const SPEC: &str = "tokenSecretRef: {name: t}, database: {urlSecretRef: {name: d}}";

async fn refusal(world: &World, yaml: &str) -> String {
    let result: Result<DynamicObject, _> = world.create(yaml).await;
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
        (bot("my.shop", &good), "metadata.name must start with a letter"),
        (bot("1shop", &good), "metadata.name must start with a letter"),
        (bot("x", &format!("{good}, replicas: 6")), "spec.replicas"),
        (bot("x", &format!("{good}, replicas: -1")), "spec.replicas"),
        (
            bot("x", &format!("{good}, database: {{urlSecretRef: {{name: d}}, maxConnections: 1}}")),
            "maxConnections",
        ),
        (bot("x", &format!("{good}, cache: {{ttl: 5 minutes}}")), "spec.cache.ttl"),
        (bot("x", &format!("{good}, discord: {{apiUrl: discord.com}}")), "spec.discord.apiUrl"),
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
        is_refused(&world, &yaml, reason).await;
    }
}

#[tokio::test]
async fn what_would_make_the_children_unwritable_is_refused() {
    let world = World::empty().await;
    let with = |more: &str| bot("x", &format!("guildId: \"1100000000000000001\", {SPEC}, {more}"));
    let pod = |more: &str| with(&format!("podTemplate: {{{more}}}"));
    let spread = "{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}";
    let prefer = |weight: &str| {
        format!(
            "preferredDuringSchedulingIgnoredDuringExecution: [{{weight: {weight}, podAffinityTerm: {{topologyKey: zone}}}}]"
        )
    };
    for (yaml, reason) in [
        (pod("env: [{name: A, value: a}, {name: A, value: b}]"), "Duplicate value"),
        (pod("env: [{name: \"A=B\", value: a}]"), "spec.podTemplate.env[0].name"),
        (pod("env: [{name: A, valueFrom: {secretKeyRef: {name: .., key: k}}}]"), "secretKeyRef.name"),
        (pod("env: [{name: A, valueFrom: {configMapKeyRef: {name: c, key: ../k}}}]"), "configMapKeyRef.key"),
        (
            pod("env: [{name: A, valueFrom: {resourceFieldRef: {resource: limits.cpu, divisor: banana}}}]"),
            "resourceFieldRef.divisor",
        ),
        (with("imagePullSecrets: [{name: a}, {name: a}]"), "Duplicate value"),
        (with("imagePullSecrets: [{name: ..}]"), "spec.imagePullSecrets[0].name"),
        (pod(&format!("topologySpreadConstraints: [{spread}, {spread}]")), "Duplicate value"),
        (
            pod(
                "topologySpreadConstraints: [{maxSkew: 99999999999, topologyKey: zone, whenUnsatisfiable: DoNotSchedule}]",
            ),
            "maxSkew",
        ),
        (pod(&format!("affinity: {{podAffinity: {{{}}}}}", prefer("99999999999"))), "weight"),
        (pod(&format!("affinity: {{podAntiAffinity: {{{}}}}}", prefer("0"))), "weight"),
        (pod("tolerations: [{operator: Exists, tolerationSeconds: 99999999999}]"), "tolerationSeconds"),
        (pod("priorityClassName: \"..\""), "spec.podTemplate.priorityClassName"),
        (with("resources: {limits: {cpu: banana}}"), "spec.resources.limits.cpu"),
        (with("resources: {limits: {memory: -1Gi}}"), "spec.resources.limits.memory"),
        (with("resources: {requests: {cpu: -1}}"), "spec.resources.requests.cpu"),
        (with("image: \"two words\""), "spec.image"),
        (with("image: \"https://registry.example.com/stockbot\""), "spec.image"),
        (with("cache: {redisUrlSecretRef: {name: ..}}"), "redisUrlSecretRef.name"),
        (with("cache: {redisUrlSecretRef: {name: redis, key: ..}}"), "redisUrlSecretRef.key"),
        (with("cache: {redisUrlSecretRef: {name: redis, key: a/b}}"), "redisUrlSecretRef.key"),
    ] {
        is_refused(&world, &yaml, reason).await;
    }
    for yaml in [
        with(
            "image: \"registry.example.com:5000/shops/stock_bot:1.2@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\"",
        ),
        with(
            "image: stockbot:0.1.0, resources: {limits: {cpu: 1, memory: 1.5Gi}, requests: {cpu: 1.2m, memory: 1e8}}",
        ),
        with("cache: {redisUrlSecretRef: {name: my.redis, key: .url_1}}"),
        pod(&format!(
            "topologySpreadConstraints: [{spread}, {{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}}]"
        )),
    ] {
        world.apply(&yaml).await.unwrap_or_else(|error| panic!("{yaml}\nis refused with: {error}"));
    }
}

#[tokio::test]
async fn every_span_has_bounds_that_are_told() {
    let world = World::empty().await;
    let good = format!("guildId: \"1100000000000000001\", {SPEC}");
    let url = "urlSecretRef: {name: d}";
    for (field, bounds, refused, taken) in [
        ("spec.database.statementTimeout", "100ms to 1m", ["0s", "90d"], ["100ms", "60000ms"]),
        ("spec.limits.user.window", "1s to 1h", ["999ms", "61m"], ["1s", "60m"]),
        ("spec.limits.blockFor", "1s to 30d", ["0d", "31d"], ["1000ms", "720h"]),
        ("spec.resilience.retry.baseDelay", "10ms to 1m", ["9ms", "1h"], ["10ms", "1m"]),
        ("spec.resilience.retry.maxDelay", "10ms to 5m", ["0m", "999999999d"], ["10ms", "300s"]),
        ("spec.resilience.breaker.recoveryAfter", "1s to 1h", ["0h", "2h"], ["1s", "1h"]),
        ("spec.cache.ttl", "1s to 1d", ["0s", "2d"], ["1s", "1d"]),
        ("spec.retention.commandLogs", "1h to 3650d", ["59m", "3651d"], ["1h", "3650d"]),
        ("spec.retention.auditLogs", "1h to 3650d", ["0d", "99999d"], ["2h", "1d"]),
        ("spec.retention.performance", "1h to 3650d", ["0d", "99999d"], ["2h", "1d"]),
        ("spec.retention.analytics", "1h to 3650d", ["0d", "99999d"], ["2h", "1d"]),
        ("spec.probes.deep.period", "1s to 1h", ["999ms", "2d"], ["1s", "1h"]),
        ("spec.probes.deep.timeout", "100ms to 1m", ["0s", "61s"], ["100ms", "1m"]),
    ] {
        let yaml = |value: &str| {
            let path: Vec<&str> = field.split('.').skip(1).collect();
            let nested = path.iter().rev().fold(format!("\"{value}\""), |inner, name| match *name {
                "database" => format!("database: {{{url}, {inner}}}"),
                "user" => format!("user: {{count: 3, {inner}}}"),
                name if inner.starts_with('"') => format!("{name}: {inner}"),
                name => format!("{name}: {{{inner}}}"),
            });
            let rest = good.replace(
                if field.contains("database") { ", database: {urlSecretRef: {name: d}}" } else { "~" },
                "",
            );
            bot("x", &format!("{rest}, {nested}"))
        };
        for value in refused {
            let message = refusal(&world, &yaml(value)).await;
            assert!(
                message.contains(field) && message.contains(&format!("must be from {bounds}")),
                "{value}: {message}"
            );
        }
        for value in taken {
            world.apply(&yaml(value)).await.unwrap_or_else(|error| panic!("{field} {value}: {error}"));
        }
    }
    is_refused(
        &world,
        &bot("x", &format!("{good}, terminationGracePeriodSeconds: 20")),
        "terminationGracePeriodSeconds",
    )
    .await;
}

async fn is_refused(world: &World, yaml: &str, reason: &str) {
    let message = refusal(world, yaml).await;
    assert!(message.contains(reason), "{yaml}\nis refused with: {message}\nnot with: {reason}");
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
        (with("refresh: 5s"), "must be from 10s to 1h"),
        (with("refresh: 2d"), "must be from 10s to 1h"),
        (
            with("refresh: 5s").replace("name: main", &format!("name: {}", "x".repeat(64))),
            "must not be longer than 63",
        ),
        (with(&format!("products: {{show: [{}]}}", "X".repeat(33))), "spec.products.show[0]"),
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
        (buttons("{action: Buy, emoji: \":cart:\"}"), "spec.buttons[0].emoji"),
        (buttons("{action: Buy, emoji: \"x \"}"), "spec.buttons[0].emoji"),
        (buttons("{action: Buy, emoji: \"<:cart:12>\"}"), "spec.buttons[0].emoji"),
    ] {
        is_refused(&world, &yaml, reason).await;
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
