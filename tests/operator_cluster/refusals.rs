//! Writes that the API server refuses for reasons of the moment, and requests that it leaves hanging: all heals by itself, without
//! anybody touching a bot.

use std::time::Duration;

use k8s_openapi::api::{
    admissionregistration::v1::{ValidatingAdmissionPolicy, ValidatingAdmissionPolicyBinding},
    core::v1::{ResourceQuota, Service},
};
use kube::{
    Api,
    api::{DeleteParams, PostParams},
};
use serde_json::{Value, json};
use stockbot_fault_proxy::{Fault, Plan, When};
use stockbot_harness::eventually;

use crate::{BOT, SOON, behind_proxy::BehindProxy, fake_bot::FakeBot, world::World};

/// Longer than the longest back-off.
const HEALED: Duration = Duration::from_mins(3);

/// A policy of somebody who may set such for everybody: no Services in the test's namespace.
struct Policy<'a>(&'a World);

impl<'a> Policy<'a> {
    /// Sets it, and waits until it is in force.
    async fn set(world: &'a World, reason: &str) -> Self {
        let name = &world.namespace;
        let policy = json!({
            "metadata": {"name": name},
            "spec": {
                "matchConstraints": {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": name}},
                    "resourceRules": [
                        {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE", "UPDATE"], "resources": ["services"]},
                    ],
                },
                "validations": [{"expression": "false", "message": "no Services on Sundays", "reason": reason}],
            },
        });
        let binding = json!({
            "metadata": {"name": name},
            "spec": {"policyName": name, "validationActions": ["Deny"]},
        });
        let params = PostParams::default();
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(world.client.clone());
        policies.create(&params, &serde_json::from_value(policy).unwrap()).await.unwrap();
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(world.client.clone());
        bindings.create(&params, &serde_json::from_value(binding).unwrap()).await.unwrap();
        let service = "{apiVersion: v1, kind: Service, metadata: {name: probe}, spec: {ports: [{port: 80}]}}";
        eventually(SOON, "the policy is in force", || async {
            match world.create(service).await {
                Err(_) => Ok(()),
                Ok(made) => {
                    world.delete::<Service>("probe").await;
                    Err(made)
                }
            }
        })
        .await;
        Self(world)
    }

    /// Takes it back.
    async fn unset(self) {
        let (name, params) = (&self.0.namespace, DeleteParams::default());
        let bindings: Api<ValidatingAdmissionPolicyBinding> = Api::all(self.0.client.clone());
        bindings.delete(name, &params).await.unwrap();
        let policies: Api<ValidatingAdmissionPolicy> = Api::all(self.0.client.clone());
        policies.delete(name, &params).await.unwrap();
    }
}

/// The bot's pod runs: everything before it was written.
async fn becomes_ready(world: &World) {
    let bot = FakeBot::start().await;
    let pod = world.pods_within(HEALED, 1).await.remove(0);
    world.pod_runs(&pod, &bot.ip).await;
    world.bot_is("Ready", "True", "AllReady").await;
    world.bot_is("Stalled", "False", "NotStalled").await;
}

#[tokio::test]
async fn a_policy_that_refuses_a_child_is_told_of_and_when_it_is_gone_the_bot_heals_by_itself() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let policy = Policy::set(&world, "Invalid").await;
    world.bot("").await;
    let message = world.bot_is("Stalled", "True", "RolloutFailed").await;
    assert!(message.contains("Service growshop") && message.contains("no Services on Sundays"), "{message}");
    policy.unset().await;
    becomes_ready(&world).await;
}

#[tokio::test]
async fn what_is_forbidden_is_told_of_and_when_it_is_allowed_the_bot_heals_by_itself() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let policy = Policy::set(&world, "Forbidden").await;
    world.bot("").await;
    let message = world.bot_is("Ready", "False", "PodsNotReady").await;
    assert!(message.contains("Service growshop") && message.contains("no Services on Sundays"), "{message}");
    policy.unset().await;
    becomes_ready(&world).await;
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_of_and_when_it_is_raised_the_bot_heals_by_itself() {
    let world = World::new().await;
    let _operator = world.operator(&[]);
    let quota: Value = json!({"metadata": {"name": "small"}, "spec": {"hard": {"services": "0"}}});
    let quotas = world.api::<ResourceQuota>();
    quotas.create(&PostParams::default(), &serde_json::from_value(quota).unwrap()).await.unwrap();
    let counted = |found: Option<&ResourceQuota>| {
        found.and_then(|found| found.status.as_ref()?.hard.as_ref()).is_some_and(|hard| !hard.is_empty())
    };
    world.until("small", "the quota is in force", counted).await;
    world.bot("").await;
    let message = world.bot_is("Ready", "False", "PodsNotReady").await;
    assert!(message.contains("exceeded quota"), "{message}");
    world.delete::<ResourceQuota>("small").await;
    becomes_ready(&world).await;
}

#[tokio::test]
async fn a_write_that_is_refused_once_for_whatever_reason_is_tried_again() {
    let world = World::new().await;
    let BehindProxy { proxy, operator: _operator, .. } =
        &BehindProxy::start(&world, Plan::default(), &[]).await;
    for (number, code) in [400, 403, 404, 413, 422].into_iter().enumerate() {
        let name = format!("shop-{number}");
        proxy.plan(Plan::at(When::First("patch", "deployments".into()), Fault::Refuse(code)));
        world.bot_called(&name, "").await;
        world.pods_within(HEALED, number + 1).await;
        assert!(!proxy.is_set(), "{code} was not answered");
        world.bot_called_is(&name, "Stalled", "False", "NotStalled").await;
    }
}

#[tokio::test]
async fn a_request_that_hangs_is_given_up_counted_and_made_again() {
    let world = World::new().await;
    world.bot("").await;
    for (verb, resource) in [("list", "configmaps"), ("watch", "pods"), ("patch", "services")] {
        // Of the last one there was something to write.
        let _ = world.api::<Service>().delete(BOT, &DeleteParams::default()).await;
        let plan = Plan::at(When::First(verb, resource.into()), Fault::Stall);
        let stage = BehindProxy::start(&world, plan, &[]).await;
        let (verb, resource) = (format!("verb=\"{verb}\""), format!("resource=\"{resource}\""));
        for code in ["code=\"timeout\"", "code=\"20"] {
            eventually(HEALED, &format!("a request with {code}, {verb} and {resource}"), || async {
                let parts = [code, verb.as_str(), resource.as_str()];
                let count = stage.operator.metric("api_requests_total", &parts).await;
                if count > 0 { Ok(()) } else { Err(stage.operator.process.output()) }
            })
            .await;
        }
        stage.operator.stop().await;
    }
    let _operator = world.operator(&[]);
    becomes_ready(&world).await;
}
