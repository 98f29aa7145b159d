//! What a shop needs around it: a cluster with the chart, a Postgres and the Discord stand-in that pods reach, people.

use std::net::{IpAddr, SocketAddr};

use discord_sim::{Options, Sim};
use stockbot_harness::{Discord, Person, Postgres, TestDatabase, World, free_port, sim_log};

use crate::cluster::{Cluster, given};

/// Everything that a shop needs around it.
pub struct Stage {
    /// Where the shop runs.
    pub cluster: Cluster,
    _sim: Sim,
    /// The server, which a test may stop.
    pub postgres: Postgres,
    database: TestDatabase,
    /// How pods reach the database.
    pub database_url: String,
    api_url: String,
    /// The Discord server, its channels and its people.
    pub world: World,
    /// Who runs the shop.
    pub admin: Person,
}

impl Stage {
    /// Postgres and the stand-in on this machine, reachable from pods; the chart on the cluster; no shop yet.
    pub async fn set() -> Self {
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
        Self { cluster, _sim: sim, postgres, database, database_url, api_url, world, admin }
    }

    /// The two documents of `examples/`, with the ids of this world.
    pub fn documents(&self) -> String {
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

    /// Both Secrets, as they should be.
    pub async fn secrets(&self) {
        self.cluster.secret("growshop-discord", "token", &self.world.token).await;
        self.cluster.secret("shop-postgres", "url", &self.database_url).await;
    }

    /// How many messages the live channel has.
    pub async fn messages(&self) -> usize {
        self.world.messages(&self.world.channel).await.len()
    }

    /// One value by SQL.
    pub async fn sql(&self, query: &str) -> String {
        self.database.text(query).await.trim().to_owned()
    }
}
