//! A shop for tests: the stand-in, a database of its own and the real bot binary.

#![allow(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on panics")]
#![allow(dead_code, reason = "the benches use a part of it")]

use std::{path::PathBuf, time::Duration};

use discord_sim::{Options, Sim};
use serde_json::{Value, json};
use stockbot_harness::{
    Discord, Person, Postgres, Process, Proxy, TestDatabase, World, eventually, free_port,
};
use tempfile::TempDir;

/// Far more than anything here should take; a failing test says what it saw last.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Longer than any grace period that a test gives the bot.
const GOODBYE: Duration = Duration::from_mins(1);

/// The real binary, or that of another revision.
fn stockbot() -> PathBuf {
    let other = std::env::var_os("STOCKBOT_TEST_BOT");
    other.map_or_else(|| env!("CARGO_BIN_EXE_stockbot").into(), PathBuf::from)
}

/// A shop with one display, not running yet.
pub struct Shop {
    pub sim: Sim,
    pub world: World,
    pub database: TestDatabase,
    pub admin: Person,
    /// Appended to the configuration file's `shop:`.
    pub folder: TempDir,
}

/// A running bot.
pub struct Running {
    pub process: Process,
    pub http: String,
}

impl Shop {
    /// Makes the world, the database (migrated by the real binary) and the files.
    pub async fn new() -> Self {
        Self::of(json!({})).await
    }

    /// The same; `application` adds to what the stand-in is told of the bot's application.
    pub async fn of(application: Value) -> Self {
        let sim = discord_sim::start(Options { log_file: stockbot_harness::sim_log(), ..Options::default() })
            .await
            .expect("the stand-in starts");
        let world = Discord::at(&sim.url()).world_of(application).await;
        let admin = world.manager("Admin").await;
        let database = Postgres::shared().await.database().await;
        let folder = tempfile::tempdir().expect("a folder");
        let shop = Self { sim, world, database, admin, folder };
        shop.write_config("");
        shop.write_secret("token", &shop.world.token);
        shop.write_secret("database-url", &shop.database.url);
        let mut migrate = shop.spawn("migrate", &[], "migrate");
        assert!(migrate.wait_exit(DEADLINE).await.unwrap().success(), "{}", migrate.output());
        shop
    }

    /// A shop whose bot reaches Postgres only through the proxy.
    pub async fn behind_a_proxy() -> (Self, Proxy) {
        let shop = Self::new().await;
        let port = Postgres::shared().await.port();
        let proxy = Proxy::start(port).await.expect("a proxy starts");
        let url = shop.database.url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port()));
        assert_ne!(url, shop.database.url);
        shop.write_secret("database-url", &url);
        (shop, proxy)
    }

    /// Writes the configuration file; `displays` is YAML of further keys of the display `main`, each line indented by two.
    pub fn write_config(&self, displays: &str) {
        let World { guild, channel, history, log, .. } = &self.world;
        let text = format!(
            "bot: growshop\nnamespace: shops\nguildId: \"{guild}\"\ndiscord: {{apiUrl: \"{}/api/v10\"}}\n\
             shop:\n  locale: en\n  admins: {{users: [\"{}\"]}}\n  channels: {{history: \"{history}\", log: \"{log}\"}}\n\
             displays:\n- name: main\n  channelId: \"{channel}\"\n  title: GrowShop\n{displays}",
            self.sim.url(),
            self.admin.id,
        );
        self.write("config.yaml", &text);
    }

    /// Replaces a part of the configuration file.
    pub fn edit_config(&self, from: &str, to: &str) {
        let text = std::fs::read_to_string(self.folder.path().join("config.yaml")).expect("a file");
        assert!(text.contains(from), "{from:?} is not in {text}");
        self.write("config.yaml", &text.replace(from, to));
    }

    /// Writes a file as the kubelet mounts it.
    pub fn write(&self, name: &str, content: &str) {
        let path = self.folder.path().join(name);
        let new = self.folder.path().join(format!(".{name}.new"));
        std::fs::write(&new, content).expect("a file is written");
        std::fs::rename(new, path).expect("a file is replaced at once");
    }

    /// Writes a mounted Secret.
    pub fn write_secret(&self, name: &str, value: &str) {
        let folder = self.folder.path().join("secrets");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(name), value).expect("a secret is written");
    }

    /// Starts the binary.
    pub fn spawn(&self, command: &str, more: &[&str], pod: &str) -> Process {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let mut args = vec![
            command.to_owned(),
            "--config".into(),
            path("config.yaml"),
            "--secrets".into(),
            path("secrets"),
        ];
        args.extend(more.iter().map(|arg| (*arg).to_owned()));
        Process::spawn(stockbot(), args, &[("POD_NAME", pod)]).expect("the bot starts")
    }

    /// Starts `stockbot run` in a pod of this name, without waiting.
    pub fn start(&self, pod: &str) -> Running {
        let port = free_port();
        let process = self.spawn("run", &["--listen", &format!("127.0.0.1:{port}")], pod);
        Running { process, http: format!("http://127.0.0.1:{port}") }
    }

    /// Starts the bot and waits for its live message.
    pub async fn open(&self) -> Running {
        let running = self.start("growshop-1-a").connected().await;
        self.world.live_message().await;
        running
    }

    /// Adds a product and units by the administrator's commands.
    pub async fn stock(&self, code: &str, price: &str, units: &[&str]) {
        let added = self
            .admin
            .command("product add", json!({"code": code, "name": format!("Name of {code}"), "price": price}))
            .await;
        assert_shows(&added, code);
        let added = self.admin.command("stock add", json!({"code": code, "text": units.join("\n")})).await;
        assert_shows(&added, &format!("{} of {} units added", units.len(), units.len()));
    }

    /// A registered customer with this balance.
    pub async fn customer(&self, grow_id: &str, balance: &str) -> Person {
        let customer = self.world.member(grow_id, json!({})).await;
        assert_shows(&customer.register(grow_id).await, "Registered as");
        if !balance.is_empty() {
            let given = self
                .admin
                .command("balance-admin add", json!({"customer": grow_id, "amount": balance}))
                .await;
            assert_shows(&given, grow_id);
        }
        customer
    }

    /// One value from the database.
    pub async fn sql(&self, query: &str) -> String {
        self.database.text(query).await.trim().to_owned()
    }

    /// Waits until the one value that a query gives is this.
    pub async fn until(&self, query: &str, wanted: &str) {
        eventually(DEADLINE, query, || async {
            let found = self.sql(query).await;
            if found == wanted { Ok(()) } else { Err(found) }
        })
        .await;
    }

    /// Money, goods and ledger agree (testing.md section 5).
    pub async fn assert_audit_is_clean(&self) {
        let mut audit = self.spawn("audit", &[], "audit");
        let status = audit.wait_exit(DEADLINE).await.unwrap();
        assert!(status.success(), "{}", audit.output());
    }

    /// No rule of Discord was broken.
    pub async fn assert_no_violations(&self) {
        let violations = self.world.discord.get("/violations").await;
        assert_eq!(
            violations.as_array().map(Vec::len).or(violations["violations"].as_array().map(Vec::len)),
            Some(0),
            "{violations}"
        );
    }

    /// How many first answers to an interaction Discord has received; `path` is `/interactions/{id}/`.
    pub async fn callbacks(&self, path: &str) -> usize {
        self.log()
            .await
            .iter()
            .filter(|entry| {
                entry["path"]
                    .as_str()
                    .is_some_and(|asked| asked.contains(path) && asked.ends_with("/callback"))
            })
            .count()
    }

    /// Has the one owner of the gateway's leases lose them at once, as if their time was over.
    pub async fn expire_leases(&self) {
        self.database
            .execute("UPDATE stockbot.shard_leases SET expires_at = now() - interval '1 second'")
            .await;
    }

    /// How many requests of this method, with a path (without its query) that ends so, Discord has received.
    pub async fn requests(&self, method: &str, path_end: &str) -> usize {
        let wanted = |entry: &Value| {
            let path = entry["path"].as_str().and_then(|path| path.split('?').next());
            entry["method"] == method && path.is_some_and(|path| path.ends_with(path_end))
        };
        self.log().await.iter().filter(|entry| wanted(entry)).count()
    }

    /// Everything that the stand-in has logged.
    async fn log(&self) -> Vec<Value> {
        let log = reqwest::get(format!("{}/_sim/log?since=0", self.sim.url())).await.unwrap();
        log.text().await.unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

impl Running {
    /// Waits until the gateway is connected.
    pub async fn connected(self) -> Self {
        let status = |status: &Value| status["gateway"]["state"] == "Connected";
        self.until("the gateway is connected", status).await;
        self
    }

    /// Waits until `/status` satisfies `condition`.
    pub async fn until(&self, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
        eventually(DEADLINE, what, || async {
            match self.status().await {
                Some(status) if condition(&status) => Ok(status),
                other => Err((other, self.process.output())),
            }
        })
        .await
    }

    /// The `/status` document, if the server answers.
    pub async fn status(&self) -> Option<Value> {
        reqwest::get(format!("{}/status", self.http)).await.ok()?.json().await.ok()
    }

    /// Ends it as the kubelet does.
    pub async fn stop(mut self) {
        self.process.signal("TERM").unwrap();
        let status = self.process.wait_exit(GOODBYE).await.unwrap();
        assert!(status.success(), "{}", self.process.output());
        assert!(!self.process.output().contains("not everything ended in time"), "{}", self.process.output());
    }
}

/// The answer to an interaction shows `part`.
#[track_caller]
pub fn assert_shows(interaction: &Value, part: &str) {
    let shown = stockbot_harness::text_of(&interaction["response"]);
    assert!(shown.contains(part), "{shown:?} lacks {part:?}: {interaction}");
}
