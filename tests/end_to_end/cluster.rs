//! The cluster as its users drive it: kubectl and helm, in namespaces of the test's own that go away with it.

use std::{
    io::Write as _,
    process::Stdio,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::Value;
use stockbot_harness::eventually;
use tokio::process::Command;

/// Far more than a warm cluster needs; a failing test shows the objects instead of waiting on.
pub const DEADLINE: Duration = Duration::from_mins(2);

/// A variable that `make test` sets.
pub fn given(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set; run this with `make test` or `tests/run.sh --test end_to_end`")
    })
}

/// One shop's namespaces on the cluster.
pub struct Cluster {
    /// Where the shop's objects are.
    pub shops: String,
    /// Where the operator runs.
    pub system: String,
    release: String,
    kubeconfig: String,
}

impl Cluster {
    /// Makes both namespaces, under *restricted* Pod Security.
    pub async fn prepare() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let id = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let kubeconfig = given("STOCKBOT_TEST_KUBECONFIG");
        let [shops, system, release] = ["shops", "system", "release"].map(|what| format!("e2e-{what}-{id}"));
        let cluster = Self { shops, system, release, kubeconfig };
        for namespace in [&cluster.shops, &cluster.system] {
            cluster.kubectl(&["create", "namespace", namespace]).await;
            cluster
                .kubectl(&["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"])
                .await;
        }
        cluster
    }

    /// Installs the chart with the images under test.
    pub async fn install_chart(&self) {
        let operator = given("STOCKBOT_TEST_OPERATOR_IMAGE");
        let (repository, tag) = operator.rsplit_once(':').expect("an image with a tag");
        let chart = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/stockbot-operator");
        let settings = format!(
            "image.repository={repository},image.tag={tag},botImage={},watchNamespaces={{{}}}",
            given("STOCKBOT_TEST_BOT_IMAGE"),
            self.shops
        );
        // Another release (the demo's) may own the CustomResourceDefinitions on this cluster.
        let install = [
            "install",
            &self.release,
            chart,
            "--namespace",
            &self.system,
            "--set",
            &settings,
            "--take-ownership",
            "--wait",
            "--timeout",
            "2m",
        ];
        self.run(&given("STOCKBOT_TEST_HELM"), &install, "").await.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Runs kubectl; its standard output.
    pub async fn kubectl(&self, args: &[&str]) -> String {
        self.run("kubectl", args, "").await.unwrap_or_else(|error| panic!("{error}"))
    }

    /// Runs kubectl in the shop's namespace.
    pub async fn in_shop(&self, args: &[&str]) -> String {
        self.kubectl(&[&["-n", self.shops.as_str()], args].concat()).await
    }

    /// `kubectl apply` of these documents, in the shop's namespace.
    pub async fn apply(&self, yaml: &str) {
        let applied = self.run("kubectl", &["-n", &self.shops, "apply", "-f", "-"], yaml).await;
        applied.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Makes or replaces a Secret; its value never stands on a command line.
    pub async fn secret(&self, name: &str, key: &str, value: &str) {
        let data = serde_json::json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {key: value}});
        self.apply(&data.to_string()).await;
    }

    /// An object as JSON.
    pub async fn get(&self, object: &str) -> Value {
        serde_json::from_str(&self.in_shop(&["get", object, "-o", "json"]).await)
            .expect("kubectl prints JSON")
    }

    /// Waits as the README says.
    pub async fn wait_ready(&self) {
        let wait =
            ["wait", "--for=condition=Ready", "--timeout=120s", "discordbot/growshop", "stockdisplay/main"];
        self.in_shop(&wait).await;
    }

    /// Waits until a condition of an object has this status and reason, and gives its message.
    pub async fn condition(&self, object: &str, kind: &str, status: &str, reason: &str) -> String {
        eventually(DEADLINE, &format!("{kind}={status}/{reason} of {object}"), || async {
            let conditions = self.get(object).await["status"]["conditions"].clone();
            let found = conditions
                .as_array()
                .into_iter()
                .flatten()
                .find(|condition| condition["type"] == kind)
                .cloned();
            match found {
                Some(found) if found["status"] == status && found["reason"] == reason => {
                    Ok(found["message"].to_string())
                }
                _ => Err(conditions),
            }
        })
        .await
    }

    /// Names of the bot's pods that are not being deleted.
    pub async fn pods(&self) -> Vec<String> {
        let pods: Value = serde_json::from_str(&self.in_shop(&["get", "pods", "-o", "json"]).await)
            .expect("kubectl prints JSON");
        let alive = pods["items"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        alive.filter_map(|pod| pod["metadata"]["name"].as_str().map(str::to_owned)).collect()
    }

    async fn run(&self, program: &str, args: &[&str], input: &str) -> Result<String, String> {
        let mut command = Command::new(program);
        command.args(args).env("KUBECONFIG", &self.kubeconfig);
        let mut file = tempfile::tempfile().map_err(|error| error.to_string())?;
        file.write_all(input.as_bytes())
            .and_then(|()| std::io::Seek::rewind(&mut file))
            .map_err(|error| error.to_string())?;
        let output =
            command.stdin(Stdio::from(file)).output().await.map_err(|error| format!("{program}: {error}"))?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        if output.status.success() {
            return Ok(text(&output.stdout));
        }
        Err(format!("{program} {args:?}: {}{}", text(&output.stdout), text(&output.stderr)))
    }
}

impl Drop for Cluster {
    /// Removes the namespaces and what the chart made outside of them, whatever the test's outcome.
    fn drop(&mut self) {
        let quietly = |program: &str, args: &[&str]| {
            let mut command = std::process::Command::new(program);
            let _ = command
                .args(args)
                .env("KUBECONFIG", &self.kubeconfig)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status();
        };
        if let Ok(helm) = std::env::var("STOCKBOT_TEST_HELM") {
            quietly(&helm, &["uninstall", &self.release, "--namespace", &self.system, "--wait"]);
        }
        quietly("kubectl", &["delete", "namespace", &self.shops, &self.system, "--wait=false"]);
    }
}
