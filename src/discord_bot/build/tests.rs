//! The children of a small and of a large bot, as snapshots; what they depend on and what not.

use serde_json::{Value, json};
use stockbot_config::exit::Reason;

use super::{Children, build};
use crate::{
    api::{annotation::Annotation as _, names},
    cluster::deployment::DeploymentState,
    discord_bot::{
        fetch::Fetched,
        fixtures::{bot, defaults, display, ended, fetched, key, pod, running, secret},
        halt::{Halt, HaltReason},
        validate::{Validated, validate},
    },
};

fn validated(more: &str, fetched: Fetched) -> Validated {
    validate(&key(), &bot(more), fetched, &defaults()).unwrap()
}

fn children(more: &str) -> Children {
    build(&validated(more, fetched())).unwrap()
}

fn revision(children: &Children) -> String {
    children.deployment.spec.template.metadata.clone().unwrap().annotations.unwrap()[names::REVISION].clone()
}

fn replicas(children: &Children) -> Option<i32> {
    children.deployment.spec.replicas
}

#[test]
fn the_smallest_bot_has_these_children() {
    let Children {
        service_account,
        config_map,
        deployment,
        service,
        pod_disruption_budget,
        network_policy,
        pod_monitor,
    } = children("");
    assert_eq!(pod_disruption_budget, None, "it would block every drain");
    insta::assert_yaml_snapshot!("small_service_account", service_account);
    insta::assert_yaml_snapshot!("small_config_map", config_map);
    insta::assert_yaml_snapshot!("small_deployment", deployment);
    insta::assert_yaml_snapshot!("small_service", service);
    insta::assert_yaml_snapshot!("small_network_policy", network_policy);
    insta::assert_yaml_snapshot!("small_pod_monitor", pod_monitor);
}

#[test]
fn a_bot_with_everything_has_this_deployment_and_budget() {
    let more = "  replicas: 3
  image: registry.example.com/stockbot@sha256:0123
  imagePullPolicy: Always
  imagePullSecrets: [{name: regcred}]
  discord: {alertWebhookSecretRef: {name: growshop-alerts}}
  cache: {redisUrlSecretRef: {name: redis, key: address}}
  shop: {name: garden, deposits: {httpSecretRef: {name: growshop-discord, key: hmac}}}
  features: {cache: false}
  networkPolicy: {enabled: false}
  podTemplate:
    labels: {team: shops, app.kubernetes.io/name: other}
    annotations: {note: kept}
    nodeSelector: {disk: ssd}
    tolerations: [{key: spot, operator: Exists}]
    priorityClassName: high
    runtimeClassName: gvisor
    env: [{name: RUST_BACKTRACE, value: '1'}, {name: POD_NAME, value: mine}]
";
    let bot = bot(more);
    // A stopped bot needs no Secrets; here only the shape of the children matters.
    let mut validated = validated("  running: false\n", Fetched::default());
    validated.mounted = crate::discord_bot::mounted::mounted(&bot.spec);
    validated.image = bot.spec.image.clone();
    validated.wanted = bot.spec.replicas;
    validated.spec = bot.spec;
    let children = build(&validated).unwrap();
    assert_eq!(children.network_policy, None);
    insta::assert_yaml_snapshot!("large_deployment", children.deployment);
    insta::assert_yaml_snapshot!("large_pod_disruption_budget", children.pod_disruption_budget);
}

#[test]
fn a_rest_proxy_at_a_privileged_port_can_be_reached() {
    let reached = |api_url: &str| {
        let children = children(&format!("  discord: {{apiUrl: '{api_url}'}}\n"));
        let rule = children.network_policy.unwrap().spec.unwrap().egress.unwrap().remove(0);
        let single = rule.ports.unwrap().into_iter().filter(|port| port.end_port.is_none());
        single.map(|port| serde_json::to_value(port.port).unwrap()).collect::<Vec<_>>()
    };
    let always = [json!(53), json!(53), json!(5353), json!(5353), json!(443)];
    for api_url in ["https://discord.com/api/v10", "https://proxy:443/api", "http://proxy:3000/api/v10"] {
        assert_eq!(reached(api_url), always, "{api_url}");
    }
    for (api_url, port) in [("http://proxy/api/v10", 80), ("https://[::1]:85/api", 85)] {
        assert_eq!(reached(api_url), [&always[..], &[json!(port)]].concat(), "{api_url}");
    }
}

#[test]
fn every_child_names_its_owner_and_carries_the_labels() {
    let children = children("  replicas: 2\n");
    let all = [
        serde_json::to_value(&children.service_account),
        serde_json::to_value(&children.config_map),
        serde_json::to_value(&children.deployment),
        serde_json::to_value(&children.service),
        serde_json::to_value(&children.pod_disruption_budget),
        serde_json::to_value(&children.network_policy),
        serde_json::to_value(&children.pod_monitor),
    ];
    for child in all.map(Result::unwrap) {
        let metadata = &child["metadata"];
        assert_eq!(metadata["ownerReferences"][0]["uid"], "bot-uid", "{child}");
        assert_eq!(metadata["labels"]["app.kubernetes.io/managed-by"], "stockbot-operator", "{child}");
        assert_eq!(metadata["labels"][names::LABEL_BOT], "growshop", "{child}");
    }
}

#[test]
fn displays_maintenance_and_logging_do_not_restart_a_bot_but_the_rest_does() {
    let small = revision(&children(""));
    let with_display = Fetched { displays: vec![display("main", 1_100_000_000_000_000_010, 1)], ..fetched() };
    let shown = build(&validated("", with_display)).unwrap();
    assert_eq!(small, revision(&shown));
    assert!(shown.config_map.data.unwrap()["config.yaml"].contains("name: main"));
    for hot in ["  logging: {level: debug}\n", "  shop: {maintenance: {enabled: true}}\n", "  replicas: 2\n"]
    {
        assert_eq!(small, revision(&children(hot)), "{hot}");
    }
    for cold in ["  image: other\n", "  features: {cache: false}\n", "  discord: {shards: 2}\n"] {
        assert_ne!(small, revision(&children(cold)), "{cold}");
    }
}

#[test]
fn a_rotated_secret_restarts_the_bot() {
    let mut rotated = fetched();
    rotated.secrets.insert("shop-postgres".into(), secret("url", "3"));
    assert_ne!(revision(&children("")), revision(&build(&validated("", rotated)).unwrap()));
}

#[test]
fn no_value_is_null_or_empty_where_the_api_server_would_drop_it() {
    fn nulls(value: &Value, path: &str, found: &mut Vec<String>) {
        match value {
            Value::Null => found.push(path.into()),
            Value::Array(items) if items.is_empty() => found.push(path.into()),
            Value::Array(items) => items.iter().for_each(|item| nulls(item, path, found)),
            Value::Object(fields) => {
                fields.iter().for_each(|(key, value)| nulls(value, &format!("{path}.{key}"), found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    nulls(&json!(children("").deployment), "deployment", &mut found);
    assert!(found.is_empty(), "{found:?}");
}

/// A bot whose only pod ended like this; `made_with` = the token of its pod template.
fn refused(reason: Reason, message: &str, ready: bool) -> Validated {
    let mut bot = validated("", fetched());
    let revision = revision(&build(&bot).unwrap());
    let mut state = running();
    (state.ready, state.revision, state.token_hash) = (ready, Some(revision), Some(bot.token_hash.clone()));
    state.bot_container = ended(reason, message, 1);
    bot.pods = vec![pod(state, None)];
    bot
}

fn halted(children: &Children) -> Option<Halt> {
    let annotations = children.deployment.metadata.annotations.as_ref()?;
    Halt::parse(annotations.get(names::HALTED)?)
}

#[test]
fn what_discord_refused_is_not_tried_again() {
    for (refusal, reason) in [
        (Reason::TokenRejected, HaltReason::TokenInvalid),
        (Reason::IntentsRefused, HaltReason::DisallowedIntents),
        (Reason::ShardingRefused, HaltReason::ShardingInvalid),
        (Reason::ApiVersionRefused, HaltReason::ImageIncompatible),
    ] {
        let children = build(&refused(refusal, "in other words", false)).unwrap();
        assert_eq!(replicas(&children), Some(0), "{refusal:?}");
        let halt = halted(&children).unwrap();
        assert_eq!((halt.reason, halt.message.as_str()), (reason, "in other words"));
    }
    for other in [Reason::Crashed, Reason::ConfigurationInvalid, Reason::SchemaTooNew, Reason::Unknown] {
        assert_eq!(replicas(&build(&refused(other, "shard 401", false)).unwrap()), Some(1), "{other:?}");
    }
}

#[test]
fn a_pod_of_an_older_token_or_one_that_serves_stops_nothing() {
    let mut older = refused(Reason::TokenRejected, "rejected", false);
    older.token_hash = "another".into();
    assert_eq!(replicas(&build(&older).unwrap()), Some(1));
    assert_eq!(replicas(&build(&refused(Reason::TokenRejected, "rejected", true)).unwrap()), Some(1));
}

#[test]
fn a_stopped_bot_stays_stopped_until_what_was_refused_changes() {
    let halt = halted(&build(&refused(Reason::TokenRejected, "rejected", false)).unwrap()).unwrap();
    let annotated = || DeploymentState { halted: halt.annotation(), ..DeploymentState::default() };
    let mut bot = validated("  image: other\n", fetched());
    bot.deployment = Some(annotated());
    assert_eq!(replicas(&build(&bot).unwrap()), Some(0), "another image does not mend a token");

    let mut mended = fetched();
    mended.secrets.insert("growshop-discord".into(), secret("token", "9"));
    mended.deployment = Some(annotated());
    let children = build(&validated("", mended)).unwrap();
    assert_eq!((replicas(&children), halted(&children)), (Some(1), None));
}
