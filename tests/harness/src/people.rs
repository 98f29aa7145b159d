//! Virtual people in the Discord stand-in: a client of its control API, and what people of a shop do there.
//!
//! Must not: know how the bot works inside; it sees what a person sees.
#![expect(clippy::expect_used, reason = "helpers of tests: without what they expect no test can go on")]

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use serde_json::{Value, json};

use crate::wait::eventually;

/// How long a person waits for an answer that should take less than 3 s.
const PATIENCE: Duration = Duration::from_secs(15);
/// Discord's permission bit 5, as the string it is on the wire.
const MANAGE_GUILD: &str = "32";

/// Where a stand-in of this test process writes its log, if `make test` collects the logs to hold every request against Discord's
/// official description.
#[must_use]
pub fn sim_log() -> Option<PathBuf> {
    static COUNT: AtomicU32 = AtomicU32::new(1);
    let folder = std::env::var_os("STOCKBOT_TEST_SIM_LOGS")?;
    let name = format!("{}-{}.ndjson", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    Some(PathBuf::from(folder).join(name))
}

/// The stand-in at one address.
#[derive(Clone, Debug)]
pub struct Discord {
    http: reqwest::Client,
    url: String,
}

impl Discord {
    /// The stand-in at `url`, like `http://127.0.0.1:8700`.
    #[must_use]
    pub fn at(url: &str) -> Self {
        Self { http: reqwest::Client::new(), url: url.trim_end_matches('/').to_owned() }
    }

    /// `POST /_sim{path}`.
    ///
    /// # Panics
    /// When the stand-in refuses.
    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.try_post(path, body).await;
        answer.unwrap_or_else(|error| panic!("POST {path}: {error}"))
    }

    /// `POST /_sim{path}`; the stand-in's words if it refuses.
    pub async fn try_post(&self, path: &str, body: Value) -> Result<Value, String> {
        self.send(self.http.post(format!("{}/_sim{path}", self.url)).json(&body)).await
    }

    /// `PUT /_sim{path}`.
    ///
    /// # Panics
    /// When the stand-in refuses.
    pub async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.send(self.http.put(format!("{}/_sim{path}", self.url)).json(&body)).await;
        answer.unwrap_or_else(|error| panic!("PUT {path}: {error}"))
    }

    /// `DELETE /_sim{path}`.
    ///
    /// # Panics
    /// When the stand-in refuses.
    pub async fn delete(&self, path: &str) {
        let answer = self.send(self.http.delete(format!("{}/_sim{path}", self.url))).await;
        answer.unwrap_or_else(|error| panic!("DELETE {path}: {error}"));
    }

    /// `GET /_sim{path}`.
    ///
    /// # Panics
    /// When the stand-in refuses.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.send(self.http.get(format!("{}/_sim{path}", self.url))).await;
        answer.unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// Text of an uploaded file.
    ///
    /// # Panics
    /// When it is not there.
    pub async fn file(&self, attachment: &Value) -> String {
        let url = attachment["url"].as_str().expect("an attachment has a URL");
        let answer = self.http.get(url).send().await.and_then(reqwest::Response::error_for_status);
        answer.expect("the file is there").text().await.expect("the file is text")
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Value, String> {
        let response = request.send().await.map_err(|error| error.to_string())?;
        let status = response.status();
        let text = response.text().await.map_err(|error| error.to_string())?;
        if !status.is_success() {
            return Err(format!("{status}: {text}"));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    /// Makes an application with a guild, the channels `stok` and `riwayat`, and a log channel.
    pub async fn world(&self) -> World {
        self.world_of(json!({})).await
    }

    /// The same; `more` adds to what the control API is told of the application.
    pub async fn world_of(&self, more: Value) -> World {
        let mut application = json!({"name": "GrowShop", "identify_spacing": "0s"});
        extend(&mut application, &more);
        let application = self.post("/applications", application).await;
        let id = |value: &Value| value["id"].as_str().expect("an id").to_owned();
        let guild =
            id(&self.post("/guilds", json!({"name": "GrowShop", "applications": [id(&application)]})).await);
        let mut channels = Vec::new();
        for name in ["stok", "riwayat", "log"] {
            channels.push(id(&self.post(&format!("/guilds/{guild}/channels"), json!({"name": name})).await));
        }
        let [channel, history, log] = channels.try_into().expect("three channels");
        let token = application["token"].as_str().expect("a token").to_owned();
        World { discord: self.clone(), application: id(&application), token, guild, channel, history, log }
    }
}

/// A shop's corner of Discord.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it; all are ids but the token")]
pub struct World {
    pub discord: Discord,
    pub application: String,
    pub token: String,
    pub guild: String,
    pub channel: String,
    pub history: String,
    pub log: String,
}

impl World {
    /// The application, as the control API tells it.
    pub async fn application(&self) -> Value {
        self.discord.get(&format!("/applications/{}", self.application)).await
    }

    /// Session starts that the bot has used.
    pub async fn identifies(&self) -> u64 {
        self.application().await["identifies"].as_u64().expect("a count")
    }

    /// Sessions that the bot has resumed.
    pub async fn resumes(&self) -> u64 {
        self.application().await["resumes"].as_u64().expect("a count")
    }

    /// Tells the gateway to misbehave, like `close` with `{"shard": 0, "code": 4000}`.
    pub async fn gateway(&self, fault: &str, body: Value) {
        self.discord.post(&format!("/gateway/{}/{fault}", self.application), body).await;
    }

    /// A new member of the guild; `more` adds to what the control API is told.
    pub async fn member(&self, name: &str, more: Value) -> Person {
        let mut body = json!({"name": name, "locale": "en-US"});
        extend(&mut body, &more);
        let made = self.discord.post(&format!("/guilds/{}/members", self.guild), body).await;
        Person { world: self.clone(), id: made["user_id"].as_str().expect("a user id").to_owned() }
    }

    /// A new member with the permission to manage the guild, so that Discord shows the admin commands.
    pub async fn manager(&self, name: &str) -> Person {
        let role = json!({"name": "Manager", "permissions": MANAGE_GUILD});
        let role = self.discord.post(&format!("/guilds/{}/roles", self.guild), role).await;
        self.member(name, json!({"roles": [role["id"]]})).await
    }

    /// The person with this id.
    #[must_use]
    pub fn person(&self, id: &str) -> Person {
        Person { world: self.clone(), id: id.to_owned() }
    }

    /// All messages of a channel, as the bot's visitors see them.
    pub async fn messages(&self, channel: &str) -> Vec<Value> {
        let messages = self.discord.get(&format!("/channels/{channel}/messages")).await;
        messages.as_array().cloned().unwrap_or_default()
    }

    /// The live message, as soon as there is one.
    pub async fn live_message(&self) -> Value {
        eventually(PATIENCE, "a live message with buttons", || async {
            let messages = self.messages(&self.channel).await;
            let found = messages.iter().find(|message| !custom_ids(message).is_empty()).cloned();
            found.ok_or(messages)
        })
        .await
    }

    /// Waits until the live message contains `part`.
    pub async fn live_message_shows(&self, part: &str) -> Value {
        eventually(PATIENCE, &format!("a live message with {part:?}"), || async {
            let message = self.live_message().await;
            if text_of(&message).contains(part) { Ok(message) } else { Err(text_of(&message)) }
        })
        .await
    }
}

/// One member.
#[derive(Clone, Debug)]
pub struct Person {
    /// Where.
    pub world: World,
    /// Discord id.
    pub id: String,
}

impl Person {
    /// Does something and waits for the bot's answer: the interaction as the control API tells it.
    pub async fn act(&self, what: &str, body: Value) -> Value {
        self.world.discord.post(&format!("/users/{}/{what}?wait=10s", self.id), body).await
    }

    /// Runs a slash command.
    pub async fn command(&self, name: &str, options: Value) -> Value {
        let place = (&self.world.guild, &self.world.channel);
        self.act(
            "command",
            json!({"guild_id": place.0, "channel_id": place.1, "name": name, "options": options}),
        )
        .await
    }

    /// Clicks the first button of `message` whose custom id begins with `prefix`.
    pub async fn click(&self, message: &Value, prefix: &str) -> Value {
        let id = custom_id(message, prefix);
        self.act("click", json!({"message_id": message["id"], "custom_id": id})).await
    }

    /// Chooses `value` in the first menu of `message` whose custom id begins with `prefix`.
    pub async fn select(&self, message: &Value, prefix: &str, value: &str) -> Value {
        let id = custom_id(message, prefix);
        self.act("select", json!({"message_id": message["id"], "custom_id": id, "values": [value]})).await
    }

    /// Fills in the modal that an interaction has opened.
    pub async fn submit(&self, interaction: &Value, fields: Value) -> Value {
        assert!(interaction["modal"].is_object(), "no modal was opened: {interaction}");
        self.act("submit", json!({"interaction_id": interaction["id"], "fields": fields})).await
    }

    /// Registers by the button of the live message.
    pub async fn register(&self, grow_id: &str) -> Value {
        let live = self.world.live_message().await;
        let opened = self.click(&live, "sb1:live:register").await;
        self.submit(&opened, json!({"grow_id": grow_id})).await
    }

    /// Buy -> select -> quantity: the interaction whose response is the confirmation, or the refusal.
    pub async fn choose(&self, code: &str, quantity: &str) -> Value {
        let live = self.world.live_message().await;
        let menu = self.click(&live, "sb1:live:buy").await;
        let form = self.select(&menu["response"], "sb1:pick", code).await;
        self.submit(&form, json!({"quantity": quantity})).await
    }

    /// Presses Buy on a confirmation and waits for what follows the loading state.
    pub async fn confirm(&self, confirmation: &Value) -> Value {
        let pressed = self.click(&confirmation["response"], "sb1:ok:").await;
        self.settled(&pressed, "One moment").await
    }

    /// Waits until the response of an interaction does not contain `loading` any more.
    pub async fn settled(&self, interaction: &Value, loading: &str) -> Value {
        let path = format!("/interactions/{}", interaction["id"].as_str().expect("an id"));
        eventually(PATIENCE, "the final answer", || async {
            let now = self.world.discord.get(&path).await;
            let text = text_of(&now["response"]);
            if text.is_empty() || text.contains(loading) { Err(now) } else { Ok(now) }
        })
        .await
    }

    /// Messages that the bot has sent to this person.
    pub async fn direct_messages(&self) -> Vec<Value> {
        let conversations = self.world.discord.get(&format!("/users/{}/dms", self.id)).await;
        let messages =
            conversations.as_array().into_iter().flatten().filter_map(|with| with["messages"].as_array());
        messages.flatten().cloned().collect()
    }

    /// The first direct message with a file, as soon as there is one, and the file's text.
    pub async fn delivery(&self) -> (Value, String) {
        let message = eventually(PATIENCE, "a direct message with a file", || async {
            let messages = self.direct_messages().await;
            let found = messages.iter().find(|message| !message["attachments"][0].is_null()).cloned();
            found.ok_or(messages)
        })
        .await;
        let text = self.world.discord.file(&message["attachments"][0]).await;
        (message, text)
    }
}

fn extend(body: &mut Value, more: &Value) {
    if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
        body.extend(more.clone());
    }
}

/// Everything that a person reads of a message: content, titles, descriptions, fields.
#[must_use]
pub fn text_of(message: &Value) -> String {
    let mut parts = vec![message["content"].as_str().unwrap_or_default().to_owned()];
    for embed in message["embeds"].as_array().into_iter().flatten() {
        parts
            .extend(["title", "description"].iter().filter_map(|key| embed[key].as_str().map(str::to_owned)));
        for field in embed["fields"].as_array().into_iter().flatten() {
            parts.extend(["name", "value"].iter().filter_map(|key| field[key].as_str().map(str::to_owned)));
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn custom_id(message: &Value, prefix: &str) -> String {
    let ids = custom_ids(message);
    let found = ids.iter().find(|id| id.starts_with(prefix)).cloned();
    found.unwrap_or_else(|| panic!("no {prefix} among {ids:?} of {message}"))
}

/// Custom ids of all components of a message.
#[must_use]
pub fn custom_ids(message: &Value) -> Vec<String> {
    let rows = message["components"].as_array().into_iter().flatten();
    let components = rows.filter_map(|row| row["components"].as_array()).flatten();
    components.filter_map(|component| component["custom_id"].as_str().map(str::to_owned)).collect()
}
