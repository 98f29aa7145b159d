//! A small world in which every route and every op code finds something real, by name.

use serde_json::{Value, json};

use crate::lab::Lab;
use crate::socket::Socket;

/// Everything a client could ask for.
const INTENTS: u64 = 0x1_FFFF & !(1 << 1 | 1 << 8 | 1 << 15);

/// The world by names.
pub struct Places {
    /// What `$name` in a path, a body or a frame stands for.
    pub names: Vec<(&'static str, String)>,
    /// The connection that holds `$session` open.
    pub _socket: Socket,
}

impl Places {
    /// An empty world with all of this in it.
    pub async fn build(lab: &Lab) -> Self {
        lab.sim("POST", "/reset", Value::Null).await;
        let world = lab.world(json!({})).await;
        let mut socket = Socket::open(&lab.gateway()).await;
        let ready = socket.identify(&world.token, INTENTS).await;
        let mut places = Self {
            names: vec![
                ("application", world.application.clone()),
                ("token", world.token.clone()),
                ("guild", world.guild.clone()),
                ("channel", world.channel.clone()),
                ("user", world.user.clone()),
                ("session", text(&ready["d"]["session_id"])),
            ],
            _socket: socket,
        };
        places.furnish(lab).await;
        places.interact(lab).await;
        places
    }

    /// A value by its name.
    pub fn get(&self, name: &str) -> &str {
        self.names.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// A text with `$name` replaced.
    pub fn fill(&self, text: &str) -> String {
        // Longer names first: `$interaction_token` is not `$interaction` and more.
        let mut names: Vec<_> = self.names.iter().collect();
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        names
            .into_iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("${name}"), value))
    }

    async fn rest(&self, lab: &Lab, method: &str, path: &str, body: &str) -> Value {
        let body = serde_json::from_str(&self.fill(body)).unwrap();
        let (status, answer) = lab.rest(self.get("token"), method, &self.fill(path), body).await;
        assert!(status < 300, "{method} {path}: {answer}");
        answer
    }

    async fn sim(&self, lab: &Lab, path: &str, body: &str) -> Value {
        lab.sim("POST", &self.fill(path), serde_json::from_str(&self.fill(body)).unwrap()).await
    }

    async fn furnish(&mut self, lab: &Lab) {
        let hooked = self.sim(lab, "/guilds/$guild/channels", r#"{"name":"till","webhook":true}"#).await;
        let url = text(&hooked["webhook_url"]);
        self.names.push(("webhook", text(&hooked["webhook_id"])));
        self.names.push(("webhook_token", url.rsplit('/').next().unwrap().to_owned()));
        let role = self.sim(lab, "/guilds/$guild/roles", r#"{"name":"Staff"}"#).await;
        self.names.push(("role", text(&role["id"])));
        // The bot may do everything, or half of the routes would answer 403.
        let admin = self.sim(lab, "/guilds/$guild/roles", r#"{"name":"Admin","permissions":"8"}"#).await;
        let roles = json!({ "roles": [admin["id"]] });
        lab.sim("PUT", &format!("/users/{}", self.get("application")), roles).await;
        let dm = self.rest(lab, "POST", "/users/@me/channels", r#"{"recipient_id":"$user"}"#).await;
        self.names.push(("dm", text(&dm["id"])));
        let message = self.rest(lab, "POST", "/channels/$channel/messages", super::bodies::MESSAGE).await;
        self.names.push(("message", text(&message["id"])));
        let commands =
            self.rest(lab, "PUT", "/applications/$application/commands", super::bodies::COMMANDS).await;
        self.names.push(("command", text(&commands[0]["id"])));
    }

    /// Interactions in every state.
    async fn interact(&mut self, lab: &Lab) {
        let modal = r#"{"type":9,"data":"#.to_owned() + super::bodies::MODAL + "}";
        for (name, token, answer) in [
            ("waiting", "waiting_token", None),
            ("deferred", "deferred_token", Some(r#"{"type":5}"#)),
            ("modal", "modal_token", Some(&*modal)),
        ] {
            let click = r#"{"message_id":"$message","custom_id":"buy"}"#;
            let id = text(&self.sim(lab, "/users/$user/click", click).await["interaction_id"]);
            let known = lab.sim("GET", &format!("/interactions/{id}"), Value::Null).await;
            self.names.push((name, id));
            self.names.push((token, text(&known["token"])));
            if let Some(answer) = answer {
                let path = format!("/interactions/${name}/${token}/callback");
                self.rest(lab, "POST", &path, answer).await;
            }
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
