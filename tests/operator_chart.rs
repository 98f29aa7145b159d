//! The chart: what it renders, and what it refuses. Needs helm, no cluster.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::{env, process::Command};

use serde::Deserialize as _;
use serde_json::Value;

fn helm(command: &str, values: &[&str]) -> Result<String, String> {
    let helm = env::var("STOCKBOT_TEST_HELM")
        .expect("STOCKBOT_TEST_HELM is not set: run the tests with `make test`, which provides helm");
    let chart = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/stockbot-operator");
    let args: &[&str] =
        if command == "template" { &["template", "stockbot", chart] } else { &[command, chart] };
    let values = values.iter().flat_map(|value| ["--set", value]);
    let output =
        Command::new(helm).args(args).args(["--namespace", "stockbot-system"]).args(values).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(text(&output.stderr)) }
}

fn rendered(values: &[&str]) -> Vec<Value> {
    let text = helm("template", values).unwrap();
    let documents = serde_yaml::Deserializer::from_str(&text).map(|one| Value::deserialize(one).unwrap());
    documents.filter(|document| !document.is_null()).collect()
}

fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents.iter().filter(|document| document["kind"] == kind).collect()
}

/// Namespaces of roles that give any right over Secrets; "" = of the whole cluster.
fn secret_rights(documents: &[Value]) -> Vec<(String, Value)> {
    let rules = |role: &Value| role["rules"].as_array().cloned().unwrap_or_default();
    let over_secrets = |rule: &Value| {
        rule["resources"].as_array().unwrap().iter().any(|resource| resource == "secrets" || resource == "*")
    };
    let granting = documents.iter().filter(|document| document["kind"].as_str().unwrap().ends_with("Role"));
    granting
        .flat_map(|role| {
            let namespace = role["metadata"]["namespace"].as_str().unwrap_or_default().to_owned();
            rules(role)
                .into_iter()
                .filter(over_secrets)
                .map(move |rule| (namespace.clone(), rule["verbs"].clone()))
        })
        .collect()
}

#[test]
fn it_is_a_sound_chart() {
    helm("lint", &[]).unwrap();
}

#[test]
fn rights_over_secrets_are_given_in_named_namespaces_only() {
    assert_eq!(secret_rights(&rendered(&[])), []);
    let watch = |namespace: &str| (namespace.to_owned(), serde_json::json!(["get", "list", "watch"]));
    assert_eq!(secret_rights(&rendered(&["secretNamespaces={a}"])), [watch("a")]);
    assert_eq!(
        secret_rights(&rendered(&["watchNamespaces={a,b}", "secretNamespaces={b,c}"])),
        [watch("a"), watch("b"), watch("c")]
    );
}

#[test]
fn watched_namespaces_narrow_every_right() {
    let everywhere = rendered(&[]);
    assert_eq!(of_kind(&everywhere, "ClusterRole").len(), 1);
    let narrow = rendered(&["watchNamespaces={a,b}"]);
    assert!(of_kind(&narrow, "ClusterRole").is_empty() && of_kind(&narrow, "ClusterRoleBinding").is_empty());
    let args =
        of_kind(&narrow, "Deployment")[0]["spec"]["template"]["spec"]["containers"][0]["args"].to_string();
    assert!(args.contains("--watch-namespaces=a,b"), "{args}");
}

#[test]
fn the_definitions_are_upgraded_with_the_chart_and_kept_when_it_goes() {
    let documents = rendered(&[]);
    let definitions = of_kind(&documents, "CustomResourceDefinition");
    assert_eq!(definitions.len(), 2);
    for definition in definitions {
        assert_eq!(definition["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
    }
    assert!(of_kind(&rendered(&["crds.install=false"]), "CustomResourceDefinition").is_empty());
}

#[test]
fn the_operator_runs_restricted() {
    let documents = rendered(&["image.tag=x"]);
    let pod = &of_kind(&documents, "Deployment")[0]["spec"]["template"]["spec"];
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
    let container = &pod["containers"][0]["securityContext"];
    assert_eq!(container["readOnlyRootFilesystem"], true);
    assert_eq!(container["allowPrivilegeEscalation"], false);
    assert_eq!(container["capabilities"]["drop"][0], "ALL");
}

#[test]
fn several_operators_are_not_drained_at_once() {
    assert!(of_kind(&rendered(&[]), "PodDisruptionBudget").is_empty());
    assert_eq!(of_kind(&rendered(&["replicas=2"]), "PodDisruptionBudget").len(), 1);
}

#[test]
fn wrong_values_are_refused() {
    for (value, part) in [
        ("imagePullPolicy=Always", "additional properties 'imagePullPolicy' not allowed"),
        ("image.pullPolicy=Sometimes", "pullPolicy"),
        ("replicas=9", "replicas"),
        ("rolloutPace=soon", "rolloutPace"),
        ("watchNamespaces={Not A Namespace}", "watchNamespaces"),
        ("logFormat=xml", "logFormat"),
    ] {
        let refusal = helm("template", &[value]).unwrap_err();
        assert!(refusal.contains(part), "{value}: {refusal}");
    }
}
