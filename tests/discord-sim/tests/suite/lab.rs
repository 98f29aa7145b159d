//! A stand-in with a small world in it, and short ways to its control API and REST API.

use std::time::{Duration, Instant};

use discord_sim::{Options, Sim, start};
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// What every client has to call itself.
pub const USER_AGENT: &str = "DiscordBot (https://example.org, 1.0)";

/// A stand-in and a client.
pub struct Lab {
    pub sim: Sim,
    pub http: Client,
}

/// An application in a guild with a channel and a member.
pub struct World {
    pub application: String,
    pub token: String,
    pub guild: String,
    pub channel: String,
    pub user: String,
}

impl Lab {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let http = Client::builder().user_agent(USER_AGENT).no_proxy().build().unwrap();
        Self { sim: start(options).await.unwrap(), http }
    }

    pub fn gateway(&self) -> String {
        format!("ws://{}/gateway", self.sim.addr)
    }

    /// A call of the control API that must succeed.
    pub async fn sim(&self, method: &str, path: &str, body: Value) -> Value {
        let (status, answer) = self.try_sim(method, path, body).await;
        assert!(status < 300, "{method} {path}: {status} {answer}");
        answer
    }

    /// A call of the control API.
    pub async fn try_sim(&self, method: &str, path: &str, body: Value) -> (u16, Value) {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("{}/_sim{path}", self.sim.url());
        let mut request = self.http.request(method, url);
        if !body.is_null() {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// A request to the REST API as a bot, for those who want the headers.
    pub async fn raw(&self, token: &str, method: &str, path: &str, body: Value) -> Response {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method, format!("{}/api/v10{path}", self.sim.url()));
        if !token.is_empty() {
            request = request.header("authorization", format!("Bot {token}"));
        }
        if !body.is_null() {
            request = request.json(&body);
        }
        request.send().await.unwrap()
    }

    /// A request to the REST API as a bot.
    pub async fn rest(&self, token: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
        let answer = self.raw(token, method, path, body).await;
        let status = answer.status().as_u16();
        (status, answer.json().await.unwrap_or_default())
    }

    /// A message of the bot in the channel.
    pub async fn post(&self, world: &World, body: Value) -> (u16, Value) {
        self.rest(&world.token, "POST", &format!("/channels/{}/messages", world.channel), body).await
    }

    /// Waits until a condition holds.
    pub async fn until(&self, what: &str, mut holds: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while !holds().await {
            assert!(Instant::now() < deadline, "not in time: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// A small world, with `extra` fields for the application.
    pub async fn world(&self, extra: Value) -> World {
        let mut wanted = json!({ "name": "Example Bot", "identify_spacing": "0s" });
        wanted.as_object_mut().unwrap().extend(extra.as_object().cloned().unwrap_or_default());
        let application = self.sim("POST", "/applications", wanted).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let id = text(&application["id"]);
        let guild = self.sim("POST", "/guilds", json!({ "name": "Guild", "applications": [id] })).await;
        let guild = text(&guild["id"]);
        let channel =
            self.sim("POST", &format!("/guilds/{guild}/channels"), json!({ "name": "general" })).await;
        let member = self
            .sim("POST", &format!("/guilds/{guild}/members"), json!({ "name": "Ada", "locale": "de" }))
            .await;
        World {
            application: id,
            token: text(&application["token"]),
            guild,
            channel: text(&channel["id"]),
            user: text(&member["user_id"]),
        }
    }
}

/// A header of an answer; empty if it is not there.
pub fn header(response: &Response, name: &str) -> String {
    response.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The text in a value.
pub fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// A stand-in with a small world in it.
pub async fn lab_and_world() -> (Lab, World) {
    let lab = Lab::new().await;
    let world = lab.world(json!({})).await;
    (lab, world)
}
