//! Plays the kubelet: what it would write about the pods of a test's namespace.

use std::time::Duration;

use k8s_openapi::api::core::v1::Pod;
use kube::{
    ResourceExt as _,
    api::{ListParams, Patch, PatchParams},
};
use serde_json::{Value, json};
use stockbot_config::exit::{Reason, Termination};
use stockbot_harness::eventually;

use crate::{SOON, fake_bot::FakeBot, world::World};

impl World {
    /// Waits until the bot has that many pods that are not being deleted; gives them.
    pub async fn pods(&self, count: usize) -> Vec<Pod> {
        self.pods_within(SOON, count).await
    }

    /// The same, where it may take that long.
    pub async fn pods_within(&self, deadline: Duration, count: usize) -> Vec<Pod> {
        let api = self.api::<Pod>();
        eventually(deadline, &format!("there are {count} pods"), || async {
            let mut pods = api.list(&ListParams::default()).await.unwrap().items;
            pods.retain(|pod| pod.metadata.deletion_timestamp.is_none());
            if pods.len() == count { Ok(pods) } else { Err(pods.len()) }
        })
        .await
    }

    /// The pods of the bot and of another called `second` run, each with an application of its own; `bot` is the first.
    pub async fn both_run(&self, bot: FakeBot) -> [FakeBot; 2] {
        let second = FakeBot::start().await;
        second.says(|status| status.application_id = Some("1100000000000000008".into()));
        for pod in self.pods(2).await {
            let fake = if pod.name_any().starts_with("second") { &second } else { &bot };
            self.pod_runs(&pod, &fake.ip).await;
        }
        [bot, second]
    }

    /// Writes the status of a pod, as the kubelet would.
    pub async fn pod_status(&self, pod: &Pod, status: Value) {
        let patch = Patch::Merge(json!({"status": status}));
        self.api::<Pod>().patch_status(&pod.name_any(), &PatchParams::default(), &patch).await.unwrap();
    }

    /// The pod comes up as under the kubelet: it is placed, its containers are made, one after the other runs, the bot is ready.
    pub async fn pod_starts(&self, pod: &Pod, ip: &str) {
        let container = |name: &str, state: Value| json!({"name": name, "ready": false, "restartCount": 0, "image": "x", "imageID": "x", "state": state});
        let waits = |reason: &str| json!({"waiting": {"reason": reason}});
        let runs = json!({"running": {"startedAt": "2026-11-20T18:00:00Z"}});
        let done = json!({"terminated": {"exitCode": 0, "reason": "Completed"}});
        for (migrate, bot) in [
            (waits("PodInitializing"), waits("PodInitializing")),
            (runs.clone(), waits("PodInitializing")),
            (done.clone(), waits("PodInitializing")),
            (done, runs),
        ] {
            self.pod_status(
                pod,
                json!({
                    "phase": "Pending", "podIP": ip, "podIPs": [{"ip": ip}],
                    "conditions": [{"type": "PodScheduled", "status": "True"}, {"type": "Ready", "status": "False"}],
                    "initContainerStatuses": [container("migrate", migrate)],
                    "containerStatuses": [container("stockbot", bot)],
                }),
            )
            .await;
        }
        self.pod_runs(pod, ip).await;
    }

    /// The pod runs, is ready, and answers at `ip`.
    pub async fn pod_runs(&self, pod: &Pod, ip: &str) {
        self.pod_status(pod, running(ip)).await;
    }

    /// A container of the pod has ended as the bot ends for that reason.
    pub async fn bot_ended(&self, pod: &Pod, container: &str, reason: Reason, words: &str, restarts: i32) {
        let told = Termination { reason, message: words.into() }.to_text();
        self.pod_ended(pod, container, reason.code().into(), &told, restarts).await;
    }

    /// A container of the pod has ended with an exit code and its last words, and waits for its next start.
    pub async fn pod_ended(&self, pod: &Pod, container: &str, code: i32, words: &str, restarts: i32) {
        let list = if container == "migrate" { "initContainerStatuses" } else { "containerStatuses" };
        let ended = json!({
            "exitCode": code, "message": words, "reason": "Error",
            "startedAt": "2026-11-20T18:00:00Z", "finishedAt": "2026-11-20T18:00:01Z",
        });
        self.pod_status(
            pod,
            json!({
                "phase": "Pending",
                "conditions": [{"type": "Ready", "status": "False"}],
                list: [{
                    "name": container, "ready": false, "restartCount": restarts, "image": "x", "imageID": "x",
                    "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": ended},
                }],
            }),
        )
        .await;
    }
}

/// The status of a pod that runs, is ready, and answers at `ip`.
pub fn running(ip: &str) -> Value {
    json!({
        "phase": "Running",
        "podIP": ip,
        "podIPs": [{"ip": ip}],
        "conditions": [{"type": "Ready", "status": "True"}],
        "containerStatuses": [{
            "name": "stockbot", "ready": true, "restartCount": 0, "image": "x", "imageID": "x",
            "state": {"running": {"startedAt": "2026-11-20T18:00:00Z"}},
        }],
    })
}
