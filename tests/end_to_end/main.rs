//! The whole product on a real cluster, as the demo shows it: chart, two documents, virtual people, restarts, bad input.

mod cluster;

use std::net::{IpAddr, SocketAddr};

use discord_sim::{Options, Sim};
use serde_json::json;
use stockbot_harness::{
    Discord, Person, Postgres, TestDatabase, World, custom_ids, eventually, free_port, sim_log, text_of,
};

use crate::cluster::{Cluster, DEADLINE, given};

/// Everything that a shop needs around it.
struct Stage {
    cluster: Cluster,
    _sim: Sim,
    _postgres: Postgres,
    database: TestDatabase,
    /// How pods reach the database.
    database_url: String,
    api_url: String,
    world: World,
    admin: Person,
}

impl Stage {
    /// Postgres and the stand-in on this machine, reachable from pods; the chart on the cluster; no shop yet.
    async fn set() -> Self {
        let host: IpAddr = given("STOCKBOT_TEST_HOST_IP").parse().expect("the pods' gateway address");
        let postgres = Postgres::start_on(&format!("127.0.0.1,{host}")).await.expect("Postgres starts");
        let database = postgres.database().await;
        let port = free_port();
        let listen = vec![SocketAddr::from(([127, 0, 0, 1], port)), SocketAddr::new(host, port)];
        let sim = discord_sim::start(Options { listen, log_file: sim_log(), ..Options::default() })
            .await
            .expect("the stand-in starts");
        let world = Discord::at(&sim.url()).world().await;
        let admin = world.manager("Admin").await;
        let cluster = Cluster::prepare().await;
        cluster.install_chart().await;
        let database_url = database.url.replace("127.0.0.1", &host.to_string());
        let api_url = format!("http://{host}:{port}/api/v10");
        Self { cluster, _sim: sim, _postgres: postgres, database, database_url, api_url, world, admin }
    }

    /// The two documents of `examples/`, with the ids of this world.
    fn documents(&self) -> String {
        let World { guild, channel, history, log, .. } = &self.world;
        let bot = include_str!("../../examples/discordbot.yaml");
        let display = include_str!("../../examples/stockdisplay.yaml");
        let mut bot: serde_yaml::Value = serde_yaml::from_str(bot).expect("the example is YAML");
        bot["metadata"]["namespace"] = self.cluster.shops.as_str().into();
        bot["spec"]["guildId"] = guild.as_str().into();
        bot["spec"]["discord"] =
            serde_yaml::from_str(&format!("{{apiUrl: \"{}\"}}", self.api_url)).expect("YAML");
        let shop = format!(
            "{{locale: en, admins: {{users: [\"{}\"]}}, channels: {{history: \"{history}\", log: \"{log}\"}}}}",
            self.admin.id
        );
        bot["spec"]["shop"] = serde_yaml::from_str(&shop).expect("YAML");
        let mut display: serde_yaml::Value = serde_yaml::from_str(display).expect("the example is YAML");
        display["metadata"]["namespace"] = self.cluster.shops.as_str().into();
        display["spec"]["channelId"] = channel.as_str().into();
        format!(
            "{}---\n{}",
            serde_yaml::to_string(&bot).expect("YAML"),
            serde_yaml::to_string(&display).expect("YAML")
        )
    }

    async fn secrets(&self) {
        self.cluster.secret("growshop-discord", "token", &self.world.token).await;
        self.cluster.secret("shop-postgres", "url", &self.database_url).await;
    }

    async fn messages(&self) -> usize {
        self.world.messages(&self.world.channel).await.len()
    }

    async fn sql(&self, query: &str) -> String {
        self.database.text(query).await.trim().to_owned()
    }
}

#[tokio::test]
async fn two_documents_become_a_selling_shop_that_survives_restarts() {
    let stage = Stage::set().await;
    stage.secrets().await;
    stage.cluster.apply(&stage.documents()).await;
    stage.cluster.wait_ready().await;

    // Exactly one message, with its buttons.
    let live = stage.world.live_message().await;
    assert_eq!((stage.messages().await, custom_ids(&live).len()), (1, 5));
    let columns = stage.cluster.in_shop(&["get", "stockbot"]).await;
    assert!(
        columns.contains("growshop") && columns.contains("Running") && columns.contains("main"),
        "{columns}"
    );

    sell_one(&stage).await;

    // A restart of the bot and of the operator changes nothing and posts no second message.
    let before = stage.world.live_message().await["id"].clone();
    let pods = stage.cluster.pods().await;
    stage.cluster.in_shop(&["delete", "pod", &pods[0], "--wait=false"]).await;
    eventually(DEADLINE, "another pod", || async {
        let now = stage.cluster.pods().await;
        if now.iter().any(|pod| !pods.contains(pod)) { Ok(()) } else { Err(now) }
    })
    .await;
    let generation = stage.cluster.get("deployment/growshop").await["metadata"]["generation"].clone();
    stage.cluster.kubectl(&["-n", &stage.cluster.system, "rollout", "restart", "deployment"]).await;
    stage
        .cluster
        .kubectl(&["-n", &stage.cluster.system, "rollout", "status", "deployment", "--timeout=120s"])
        .await;
    stage.cluster.wait_ready().await;
    stage.admin.command("stock add", json!({"code": "VIP", "text": "key-4"})).await;
    let after = stage.world.live_message_shows("Stock **3**").await;
    assert_eq!((after["id"].clone(), stage.messages().await), (before, 1));
    assert_eq!(stage.cluster.get("deployment/growshop").await["metadata"]["generation"], generation);
    let violations = stage.world.discord.get("/violations").await;
    assert_eq!(violations.as_array().map(Vec::len), Some(0), "{violations}");
}

/// Products and stock by the administrator, a purchase by a customer: one order, one unit, one delivery, a ledger that sums to 0.
async fn sell_one(stage: &Stage) {
    stage.admin.command("product add", json!({"code": "VIP", "name": "VIP account", "price": "1 DL"})).await;
    stage.admin.command("stock add", json!({"code": "VIP", "text": "key-1\nkey-2\nkey-3"})).await;
    let customer = stage.world.member("Customer", json!({})).await;
    customer.register("Grower").await;
    stage.admin.command("balance-admin add", json!({"customer": "Grower", "amount": "5 DL"})).await;
    let receipt = customer.confirm(&customer.choose("VIP", "1").await).await;
    assert!(text_of(&receipt["response"]).contains("Balance: 4 DL"), "{receipt}");
    let (_, goods) = customer.delivery().await;
    assert!(goods.contains("key-1"), "{goods}");
    stage.world.live_message_shows("Stock **2**").await;
    assert_eq!(customer.direct_messages().await.len(), 1);
    for (query, expected) in [
        ("SELECT count(*) FROM stockbot.orders WHERE state = 'delivered'", "1"),
        ("SELECT count(*) FROM stockbot.stock_units WHERE state = 'sold'", "1"),
        ("SELECT sum(amount) FROM stockbot.ledger_entries", "0"),
        (
            "SELECT count(*) FROM (SELECT 1 FROM stockbot.ledger_entries GROUP BY transfer_id HAVING sum(amount) <> 0) t",
            "0",
        ),
    ] {
        assert_eq!(stage.sql(query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn bad_input_is_told_in_the_status_and_heals_when_it_is_mended() {
    let stage = Stage::set().await;
    // Nothing is there yet.
    let documents = stage.documents();
    let (bot, display) = documents.split_once("---\n").expect("two documents");
    stage.cluster.apply(display).await;
    let told = stage.cluster.condition("stockdisplay/main", "Stalled", "True", "BotNotFound").await;
    assert!(told.contains("growshop"), "{told}");
    stage.cluster.apply(bot).await;
    let told = stage.cluster.condition("discordbot/growshop", "Stalled", "True", "SecretNotFound").await;
    assert!(told.contains("growshop-discord"), "{told}");

    // A token that Discord refuses.
    stage.cluster.secret("growshop-discord", "token", "wrong").await;
    stage.cluster.secret("shop-postgres", "url", &stage.database_url).await;
    let told = stage.cluster.condition("discordbot/growshop", "Stalled", "True", "TokenInvalid").await;
    assert!(told.contains("growshop-discord"), "{told}");
    stage.cluster.condition("discordbot/growshop", "TokenValid", "False", "Rejected").await;
    eventually(DEADLINE, "the bot is stopped", || async {
        let pods = stage.cluster.pods().await;
        if pods.is_empty() { Ok(()) } else { Err(pods) }
    })
    .await;
    let application = stage.world.discord.get(&format!("/applications/{}", stage.world.application)).await;
    assert_eq!(application["identifies"], 0, "no session start was used");

    // Mended: everything heals without touching the operator.
    stage.cluster.secret("growshop-discord", "token", &stage.world.token).await;
    stage.cluster.wait_ready().await;

    // A channel that does not exist, then the right one again.
    stage.cluster.apply(&display.replace(&stage.world.channel, "1100000000000000099")).await;
    stage.cluster.condition("stockdisplay/main", "Ready", "False", "ChannelNotFound").await;
    stage.cluster.apply(display).await;
    stage.cluster.wait_ready().await;
    assert_eq!(stage.messages().await, 1);
}
