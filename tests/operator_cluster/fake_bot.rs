//! Stands in for a bot's pod: an HTTP server on an address of its own whose `/status` the test decides.

use std::{
    io,
    net::{Ipv4Addr, SocketAddrV4},
    sync::{Arc, Mutex},
};

use axum::{Json, Router, http::StatusCode, routing::get};
use k8s_openapi::jiff::Timestamp;
use stockbot_config::{
    Config, DisplaySettings, fingerprint,
    mounts::HTTP_PORT,
    status::{
        BotStatus, BotUser, Database, DatabaseState, DisplayState, DisplayStatus, Gateway, GatewayState,
        Health, ProductCounts, SessionStarts, Shards, TokenState,
    },
};
use tokio::{net::TcpListener, task::JoinHandle};

/// A running stand-in.
pub struct FakeBot {
    /// Its address; the port is the contract's.
    pub ip: String,
    status: Arc<Mutex<Option<BotStatus>>>,
    server: JoinHandle<()>,
}

impl FakeBot {
    /// Starts one on the first free address of 127.77.0.0/16.
    pub async fn start() -> Self {
        for index in 1..=u16::MAX {
            let [high, low] = index.to_be_bytes();
            if let Ok(bot) = Self::start_at(Ipv4Addr::new(127, 77, high, low)).await {
                return bot;
            }
        }
        panic!("no address of 127.77.0.0/16 has port {HTTP_PORT} free");
    }

    /// Starts one on that address.
    pub async fn start_at(ip: Ipv4Addr) -> io::Result<Self> {
        let listener = TcpListener::bind(SocketAddrV4::new(ip, HTTP_PORT)).await?;
        let status = Arc::new(Mutex::new(Some(connected())));
        let answer = Arc::clone(&status);
        let router = Router::new().route(
            "/status",
            get(move || {
                let status = answer.lock().unwrap().clone();
                std::future::ready(status.map(Json).ok_or(StatusCode::SERVICE_UNAVAILABLE))
            }),
        );
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Ok(Self { ip: ip.to_string(), status, server })
    }

    /// It shows all displays of its configuration and no other; its Discord application has that number.
    pub fn obeys(&self, config: &Config, number: usize) {
        self.says(|status| {
            status.application_id = Some(format!("11000000000001{number:05}"));
            status.left_behind = Some(Vec::new());
            let shown = config.displays.iter();
            status.displays =
                shown.map(|shown| display(&shown.name, &shown.settings, DisplayState::Published)).collect();
        });
    }

    /// Changes what it says.
    pub fn says(&self, change: impl FnOnce(&mut BotStatus)) {
        change(self.status.lock().unwrap().get_or_insert_with(connected));
    }

    /// It fails from now on.
    pub fn fails(&self) {
        *self.status.lock().unwrap() = None;
    }

    /// It has published a display with these settings, or tried to.
    pub fn shows(&self, name: &str, settings: &DisplaySettings, state: DisplayState) {
        let display = display(name, settings, state);
        self.says(|status| {
            status.displays.retain(|known| known.name != name);
            status.displays.push(display);
        });
    }
}

impl Drop for FakeBot {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A bot that works.
pub fn connected() -> BotStatus {
    BotStatus {
        ready: true,
        application_id: Some("1100000000000000007".into()),
        bot_user: Some(BotUser { id: "1100000000000000007".into(), name: "GrowShop".into() }),
        token: TokenState::Accepted,
        guild_found: Some(true),
        gateway: Gateway {
            state: GatewayState::Connected,
            shards: Shards { desired: 1, connected: 1 },
            latency_ms: Some(41),
        },
        session_starts: Some(SessionStarts {
            remaining: 997,
            total: 1000,
            reset_at: Timestamp::from_second(1_900_000_000).unwrap(),
        }),
        database: Database {
            state: DatabaseState::Migrated,
            schema_version: Some("7".into()),
            message: None,
        },
        ..BotStatus::default()
    }
}

fn display(name: &str, settings: &DisplaySettings, state: DisplayState) -> DisplayStatus {
    let published = state == DisplayState::Published;
    DisplayStatus {
        name: name.into(),
        settings_hash: fingerprint(settings),
        state,
        message: String::new(),
        message_id: published.then(|| "1100000000000000099".into()),
        message_url: published.then(|| "https://discord.com/channels/1/2/3".into()),
        last_published_at: published.then(|| Timestamp::from_second(1_800_000_000).unwrap()),
        last_error: None,
        buttons_present: published,
        products: ProductCounts { shown: 3, hidden: 0, sold_out: 1 },
        health: Some(Health {
            score: 100,
            update_success_rate: "1.00".into(),
            button_success_rate: "1.00".into(),
            average_response_time: "120ms".into(),
            errors_last_hour: 0,
            retries: 0,
        }),
    }
}
