//! A connected bot with a message full of components, and short ways to act and to answer.

use serde_json::{Value, json};

use crate::lab::{Lab, World};
use crate::socket::{GUILDS, Socket};

/// A bot that is connected and has a message with components in the channel.
pub struct Shop {
    pub lab: Lab,
    pub world: World,
    pub socket: Socket,
    pub message: String,
}

/// Components as one row.
pub fn row(components: &Value) -> Value {
    json!([{ "type": 1, "components": components }])
}

impl Shop {
    pub async fn open() -> Self {
        let lab = Lab::new().await;
        let world = lab.world(json!({})).await;
        let mut socket = Socket::open(&lab.gateway()).await;
        socket.identify(&world.token, GUILDS).await;
        let select = json!({ "type": 3, "custom_id": "pick", "max_values": 2, "options": [
            { "label": "A", "value": "a" }, { "label": "B", "value": "b" }, { "label": "C", "value": "c" },
        ] });
        let rows = json!([
            { "type": 1, "components": [
                { "type": 2, "style": 1, "label": "Buy", "custom_id": "buy" },
                { "type": 2, "style": 2, "label": "Off", "custom_id": "off", "disabled": true },
            ] },
            { "type": 1, "components": [select] },
            { "type": 1, "components": [{ "type": 5, "custom_id": "who" }] },
        ]);
        let path = format!("/channels/{}/messages", world.channel);
        let body = json!({ "content": "Shop", "components": rows });
        let (_, message) = lab.rest(&world.token, "POST", &path, body).await;
        let message = message["id"].as_str().unwrap().to_owned();
        Self { lab, world, socket, message }
    }

    pub async fn act(&self, what: &str, body: Value) -> (u16, Value) {
        self.lab.try_sim("POST", &format!("/users/{}/{what}", self.world.user), body).await
    }

    /// Clicks, and gives what the bot receives.
    pub async fn click(&mut self, message: &str, custom_id: &str) -> Value {
        let (status, answer) =
            self.act("click", json!({ "message_id": message, "custom_id": custom_id })).await;
        assert_eq!(status, 200, "{answer}");
        self.received().await
    }

    pub async fn buy(&mut self) -> Value {
        let message = self.message.clone();
        self.click(&message, "buy").await
    }

    pub async fn received(&mut self) -> Value {
        self.socket.event("INTERACTION_CREATE").await["d"].clone()
    }

    pub async fn answer(&self, interaction: &Value, body: Value) -> (u16, Value) {
        let (id, token) = (interaction["id"].as_str().unwrap(), interaction["token"].as_str().unwrap());
        self.lab.rest("", "POST", &format!("/interactions/{id}/{token}/callback"), body).await
    }

    pub async fn hook(&self, interaction: &Value, method: &str, rest: &str, body: Value) -> (u16, Value) {
        let token = interaction["token"].as_str().unwrap();
        let path = format!("/webhooks/{}/{token}{rest}", self.world.application);
        self.lab.rest("", method, &path, body).await
    }

    pub async fn state(&self, interaction: &Value) -> Value {
        let path = format!("/interactions/{}", interaction["id"].as_str().unwrap());
        self.lab.sim("GET", &path, Value::Null).await
    }

    pub async fn age(&self, interaction: &Value, by: &str) {
        let path = format!("/interactions/{}/age", interaction["id"].as_str().unwrap());
        self.lab.sim("POST", &path, json!({ "by": by })).await;
    }

    pub async fn seen_by(&self, user: &str) -> Vec<Value> {
        let path = format!("/channels/{}/messages?as={user}", self.world.channel);
        self.lab.sim("GET", &path, Value::Null).await.as_array().unwrap().clone()
    }

    pub async fn other_person(&self) -> String {
        let path = format!("/guilds/{}/members", self.world.guild);
        let member = self.lab.sim("POST", &path, json!({ "name": "Bo" })).await;
        member["user_id"].as_str().unwrap().to_owned()
    }
}
