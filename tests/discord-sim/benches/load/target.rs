//! The stand-in as a child process with a world for the load.

use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// Applications; at 50 requests/s each they are allowed 30,000 requests/s together.
pub const APPLICATIONS: usize = 600;

/// A running stand-in.
pub struct Target {
    child: Child,
    /// `http://127.0.0.1:1234`.
    pub url: String,
    /// The applications' ids.
    pub applications: Vec<String>,
    /// The applications' tokens.
    pub tokens: Vec<String>,
    /// A guild of all of them, one channel.
    pub channel: String,
    /// Somebody.
    pub user: String,
    client: reqwest::Client,
}

impl Target {
    /// Starts a stand-in and makes its world.
    pub async fn start() -> Self {
        let program = env!("CARGO_BIN_EXE_discord-sim");
        let bound =
            std::process::Command::new("taskset").arg("--version").stdout(Stdio::null()).status().is_ok();
        let mut command = if bound { Command::new("taskset") } else { Command::new(program) };
        if bound {
            command.args(["-c", "0", program]);
        }
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().expect("the stand-in tells its address");
        let url = line.rsplit(' ').next().unwrap().trim_end_matches('/').to_owned();
        let mut target = Self {
            child,
            url,
            applications: Vec::new(),
            tokens: Vec::new(),
            channel: String::new(),
            user: String::new(),
            client: client(),
        };
        target.make_world().await;
        target
    }

    async fn make_world(&mut self) {
        for number in 0..APPLICATIONS {
            let wanted = json!({ "name": format!("Bot {number}"), "identify_spacing": "0s" });
            let made = self.sim("/applications", wanted).await;
            self.applications.push(text(&made["id"]));
            self.tokens.push(text(&made["token"]));
        }
        let guild = self.sim("/guilds", json!({ "name": "Guild", "applications": self.applications })).await;
        let guild = text(&guild["id"]);
        let channel = self.sim(&format!("/guilds/{guild}/channels"), json!({ "name": "load" })).await;
        self.channel = text(&channel["id"]);
        let member = self.sim(&format!("/guilds/{guild}/members"), json!({ "name": "Ada" })).await;
        self.user = text(&member["user_id"]);
    }

    /// A call of the control API.
    pub async fn sim(&self, path: &str, body: Value) -> Value {
        let answer = self.client.post(format!("{}/_sim{path}", self.url)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// Resident memory in MB, as the kernel counts it.
    pub fn resident_mb(&self) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id().unwrap())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
    }

    /// Ends it.
    pub async fn stop(mut self) {
        self.child.kill().await.unwrap();
    }
}

/// A client with kept connections that calls itself properly.
pub fn client() -> reqwest::Client {
    reqwest::Client::builder().user_agent("DiscordBot (https://example.org, 1.0)").no_proxy().build().unwrap()
}

/// A JSON text.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
