//! A namespace of the test's own, and the real operator watching it.

use std::{
    fmt::Debug,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use k8s_openapi::{
    NamespaceResourceScope,
    api::core::v1::{Namespace, Pod, Secret},
    apimachinery::pkg::apis::meta::v1::Condition,
};
use kube::{
    Api, Client, Resource, ResourceExt as _,
    api::{DeleteParams, DynamicObject, ListParams, Patch, PatchParams, PostParams},
    core::{ApiResource, GroupVersionKind},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use stockbot_harness::{Process, eventually, free_port};
use stockbot_operator::api::{DiscordBot, StockDisplay, conditions::find};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

use crate::{BOT, SOON, cluster, fake_bot::FakeBot, operator::Operator};

/// A namespace and what runs for it.
pub struct World {
    /// The administrator.
    pub client: Client,
    /// The namespace.
    pub namespace: String,
    _share: Share,
}

/// What a test has of the cluster: most share it, one that changes what all see has it alone.
enum Share {
    Shared(#[expect(dead_code, reason = "held")] RwLockReadGuard<'static, ()>),
    Alone(#[expect(dead_code, reason = "held")] RwLockWriteGuard<'static, ()>),
}
static CLUSTER: RwLock<()> = RwLock::const_new(());

static NAMESPACES: AtomicU32 = AtomicU32::new(0);

impl World {
    /// An empty namespace under *restricted* Pod Security.
    pub async fn empty() -> Self {
        Self::with(Share::Shared(CLUSTER.read().await)).await
    }

    /// A namespace with both Secrets of a bot, in a cluster that no other test uses meanwhile.
    pub async fn alone() -> Self {
        Self::with(Share::Alone(CLUSTER.write().await)).await.with_secrets().await
    }

    async fn with(share: Share) -> Self {
        let client = cluster::connect().await;
        let number = NAMESPACES.fetch_add(1, Ordering::Relaxed);
        let name = format!("operator-test-{}-{number}", std::process::id());
        let namespace: Namespace = serde_json::from_value(json!({
            "metadata": {"name": name, "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
        }))
        .unwrap();
        Api::all(client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
        Self { client, namespace: name, _share: share }
    }

    /// A namespace with both Secrets of a bot.
    pub async fn new() -> Self {
        Self::empty().await.with_secrets().await
    }

    async fn with_secrets(self) -> Self {
        self.secret("growshop-discord", "token", "MTEw.abc.def").await;
        self.secret("shop-postgres", "url", "postgres://shop:secret@db/shop").await;
        self
    }

    /// Starts the operator for this namespace.
    pub fn operator(&self, more: &[&str]) -> Operator {
        self.operator_as(&cluster::kubeconfig(), more)
    }

    /// Starts the operator with that kubeconfig.
    pub fn operator_as(&self, kubeconfig: &str, more: &[&str]) -> Operator {
        let port = free_port();
        let listen = format!("127.0.0.1:{port}");
        let scope = ["--watch-namespaces", &self.namespace, "--leader-election-namespace", &self.namespace];
        let rest = ["--listen", &listen, "--log-format", "text"];
        let args = ["run"].iter().chain(&scope).chain(&rest).chain(more);
        let program = env!("CARGO_BIN_EXE_stockbot-operator");
        let process = Process::spawn(program, args, &[("KUBECONFIG", kubeconfig), ("RUST_BACKTRACE", "0")]);
        Operator::new(process.unwrap(), port)
    }

    /// The objects of a kind.
    pub fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Applies a YAML document as a user would; the API server's refusal is an error.
    pub async fn apply(&self, yaml: &str) -> Result<DynamicObject, kube::Error> {
        let (api, document) = self.document(yaml);
        let name = document["metadata"]["name"].as_str().unwrap();
        api.patch(name, &PatchParams::apply("user").force(), &Patch::Apply(&document)).await
    }

    /// Creates a YAML document, as `kubectl` does with one that is new; the API server's refusal is an error.
    pub async fn create(&self, yaml: &str) -> Result<DynamicObject, kube::Error> {
        let (api, document) = self.document(yaml);
        api.create(&PostParams::default(), &serde_json::from_value(document).unwrap()).await
    }

    fn document(&self, yaml: &str) -> (Api<DynamicObject>, Value) {
        let document: Value = serde_yaml::from_str(yaml).unwrap();
        let text = |field: &str| document[field].as_str().unwrap().to_owned();
        let (group, version) = match text("apiVersion").split_once('/') {
            Some((group, version)) => (group.to_owned(), version.to_owned()),
            None => (String::new(), text("apiVersion")),
        };
        let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(&group, &version, &text("kind")));
        (Api::namespaced_with(self.client.clone(), &self.namespace, &kind), document)
    }

    /// Bots, also those that this build cannot read.
    pub fn erased(&self) -> Api<DynamicObject> {
        Api::namespaced_with(self.client.clone(), &self.namespace, &ApiResource::erase::<DiscordBot>(&()))
    }

    /// Makes or replaces a Secret with one key.
    pub async fn secret(&self, name: &str, key: &str, value: &str) {
        let document = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": {key: value}});
        self.api::<Secret>()
            .patch(name, &PatchParams::apply("user").force(), &Patch::Apply(document))
            .await
            .unwrap();
    }

    /// The smallest bot, with `more` lines of spec.
    pub async fn bot(&self, more: &str) -> DynamicObject {
        self.bot_called(BOT, more).await
    }

    /// The smallest bot of that name, with `more` lines of spec. Its pods fit no node.
    pub async fn bot_called(&self, name: &str, more: &str) -> DynamicObject {
        let token =
            if more.contains("tokenSecretRef") { "" } else { "  tokenSecretRef: {name: growshop-discord}\n" };
        let yaml = format!(
            "apiVersion: stockbot.dev/v1alpha1\nkind: DiscordBot\nmetadata: {{name: {name}}}\nspec:\n{token}  guildId: \"1100000000000000001\"\n  \
             database: {{urlSecretRef: {{name: shop-postgres}}}}\n  \
             podTemplate: {{nodeSelector: {{stockbot.dev/none: \"true\"}}}}\n{more}"
        );
        self.apply(&yaml).await.unwrap()
    }

    /// The smallest bot, with `more` lines of spec, whose pod runs and which is ready.
    pub async fn ready_bot(&self, more: &str) -> (FakeBot, Pod) {
        self.bot(more).await;
        let pod = self.pods(1).await.remove(0);
        let bot = FakeBot::start().await;
        self.pod_runs(&pod, &bot.ip).await;
        self.bot_is("Ready", "True", "AllReady").await;
        (bot, pod)
    }

    /// A display of the bot in a channel that ends with two digits.
    pub async fn display(&self, name: &str, bot: &str, channel: u8) -> StockDisplay {
        let yaml = format!(
            "apiVersion: stockbot.dev/v1alpha1\nkind: StockDisplay\nmetadata: {{name: {name}}}\nspec:\n  \
             botRef: {{name: {bot}}}\n  channelId: \"11000000000000000{channel:02}\"\n"
        );
        self.apply(&yaml).await.unwrap().try_parse().unwrap()
    }

    /// Changes an object as a user would.
    pub async fn patch<K>(&self, name: &str, change: Value) -> K
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        self.api::<K>().patch(name, &PatchParams::default(), &Patch::Merge(change)).await.unwrap()
    }

    /// Deletes an object.
    pub async fn delete<K>(&self, name: &str)
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        self.api::<K>().delete(name, &DeleteParams::default()).await.unwrap();
    }

    /// Waits until an object is as it should be; `None` = it is missing.
    pub async fn until<K>(&self, name: &str, what: &str, is: impl Fn(Option<&K>) -> bool) -> Option<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let api = self.api::<K>();
        eventually(SOON, what, || async {
            let found = api.get_opt(name).await.unwrap();
            if is(found.as_ref()) { Ok(found) } else { Err(found) }
        })
        .await
    }

    /// Waits until the bot has a condition with that status and reason; gives its message.
    pub async fn bot_is(&self, kind: &str, status: &str, reason: &str) -> String {
        self.bot_called_is(BOT, kind, status, reason).await
    }

    /// Waits until a bot has a condition with that status and reason; gives its message.
    pub async fn bot_called_is(&self, name: &str, kind: &str, status: &str, reason: &str) -> String {
        let conditions = |bot: &DiscordBot| bot.status.clone().unwrap_or_default().conditions;
        self.condition(name, conditions, (kind, status, reason)).await
    }

    /// Waits until a display has a condition with that status and reason; gives its message.
    pub async fn display_is(&self, name: &str, kind: &str, status: &str, reason: &str) -> String {
        let conditions = |display: &StockDisplay| display.status.clone().unwrap_or_default().conditions;
        self.condition(name, conditions, (kind, status, reason)).await
    }

    async fn condition<K>(
        &self,
        name: &str,
        conditions: impl Fn(&K) -> Vec<Condition>,
        (kind, status, reason): (&str, &str, &str),
    ) -> String
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
    {
        let api = self.api::<K>();
        eventually(SOON, &format!("{name} is {kind}={status}/{reason}"), || async {
            let object = api.get(name).await.unwrap();
            let all = conditions(&object);
            let found = find(&all, kind).filter(|found| found.status == status && found.reason == reason);
            // A condition about an older spec says nothing of the newest.
            let current = found.filter(|found| found.observed_generation == object.meta().generation);
            current.map(|found| found.message.clone()).ok_or(all)
        })
        .await
    }
}

/// The operator of the test is gone already: nobody else lets go what it held.
async fn release<K>(client: &Client, namespace: &str)
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + DeserializeOwned + Debug,
{
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    for object in api.list(&ListParams::default()).await.map(|list| list.items).unwrap_or_default() {
        let patch = Patch::Merge(json!({"metadata": {"finalizers": null}}));
        let _ = api.patch(&object.name_any(), &PatchParams::default(), &patch).await;
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // The runtime of the test may be gone already: a thread and a runtime of its own.
        let name = std::mem::take(&mut self.namespace);
        let deletion = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let client = cluster::connect().await;
                release::<DiscordBot>(&client, &name).await;
                release::<StockDisplay>(&client, &name).await;
                let namespaces: Api<Namespace> = Api::all(client);
                namespaces.delete(&name, &DeleteParams::default()).await.map(drop)
            })
        });
        if !matches!(deletion.join(), Ok(Ok(()))) {
            eprintln!("the test's namespace could not be deleted");
        }
    }
}
