//! The session of one shard while this pod owns it: connect or resume, read, reconnect with back-off, close so that the
//! next owner can resume.

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use futures_util::StreamExt as _;
use stockbot_config::status::GatewayState;
use stockbot_store::leases::SavedSession;
use tokio_util::sync::CancellationToken;
use twilight_gateway::{CloseFrame, Config, ConfigBuilder, Message, Session, Shard, ShardId};
use twilight_model::gateway::Intents;

use super::{
    close::{self, Then},
    dispatch::{self, Payload},
    owned::Owned,
    queue::IdentifyGate,
};
use crate::{context::Bot, interactions};

/// Longest wait for Discord's own close after ours, and for dispatches to be stored.
const GOODBYE: Duration = Duration::from_secs(2);

/// Reads the shard until `stop`; leaves the session resumable.
pub async fn run(bot: &Arc<Bot>, owned: &Arc<Owned>, token: &str, url: &str, stop: &CancellationToken) {
    let mut delays = backoff();
    let mut resume_url = owned.session().map(|session| session.resume_url).filter(|url| !url.is_empty());
    loop {
        let mut shard = Shard::with_config(owned.id, config(bot, owned, token, url, resume_url.take()));
        match read(bot, owned, &mut shard, &mut delays, stop).await {
            Some(Then::End(reason)) => return bot.end(reason),
            Some(Then::Identify) => owned.forget_session(bot).await,
            Some(Then::Resume) => resume_url = shard.resume_url().map(str::to_owned),
            None => return leave(bot, owned, shard).await,
        }
        disconnected(bot, owned);
        // Sleep on every close: a server that accepts and closes at once must not be hammered.
        let delay = delays.next().unwrap_or(Duration::from_mins(1));
        if stop.run_until_cancelled(tokio::time::sleep(delay)).await.is_none() {
            return;
        }
    }
}

/// 1 s doubling to 60 s with jitter (product.md D4), started over by each READY or RESUMED.
fn backoff() -> ExponentialBackoff {
    let seconds = Duration::from_secs;
    ExponentialBuilder::new()
        .with_min_delay(seconds(1))
        .with_max_delay(seconds(60))
        .with_jitter()
        .without_max_times()
        .build()
}

fn config(
    bot: &Arc<Bot>,
    owned: &Owned,
    token: &str,
    url: &str,
    resume_url: Option<String>,
) -> Config<IdentifyGate> {
    let mut builder = ConfigBuilder::new(token.to_owned(), Intents::GUILDS)
        .proxy_url(url.trim_end_matches('/').to_owned())
        .queue(IdentifyGate::new(bot.clone()));
    if let Some(session) = owned.session() {
        let sequence = u64::try_from(session.sequence).unwrap_or_default();
        owned.sequence.reset(sequence);
        builder = builder.session(Session::new(sequence, session.session_id));
        if let Some(url) = resume_url {
            builder = builder.resume_url(url.trim_end_matches('/').to_owned());
        }
    }
    builder.build()
}

/// Reads until the connection ends (what to do then) or `stop` (`None`).
async fn read(
    bot: &Arc<Bot>,
    owned: &Arc<Owned>,
    shard: &mut Shard<IdentifyGate>,
    delays: &mut ExponentialBackoff,
    stop: &CancellationToken,
) -> Option<Then> {
    loop {
        match stop.run_until_cancelled(shard.next()).await? {
            Some(Ok(Message::Text(json))) => {
                if text(bot, owned, &json).await {
                    *delays = backoff();
                }
                let latency = shard.latency().average();
                bot.metrics.gateway_latency.set(latency.map_or(0.0, |latency| latency.as_secs_f64()));
            }
            Some(Ok(Message::Close(frame))) => {
                let code = frame.as_ref().map(|frame| frame.code);
                tracing::warn!(shard = owned.id.number(), ?code, "the gateway closed the connection");
                return Some(close::policy(code));
            }
            Some(Err(error)) => {
                let error = dispatch::told(&error);
                tracing::warn!(shard = owned.id.number(), error, "the gateway connection failed");
                bot.state.failed(format_args!("gateway: {error}"));
                return Some(Then::Resume);
            }
            None => return Some(Then::Resume),
        }
    }
}

/// Handles a payload; true if a session has begun or goes on.
async fn text(bot: &Arc<Bot>, owned: &Arc<Owned>, json: &str) -> bool {
    let payload = match dispatch::parse(json) {
        Ok(payload) => payload,
        Err(error) => {
            bot.metrics.errors.with_label_values(&["dispatch"]).inc();
            tracing::error!(%error, "a dispatch is not understood and was skipped");
            return false;
        }
    };
    match payload {
        Payload::Ready { sequence, session, resume_url } => {
            owned.sequence.reset(sequence);
            let session = SavedSession {
                session_id: session,
                sequence: i64::try_from(sequence).unwrap_or(0),
                resume_url,
            };
            owned.remember_session(bot, session).await;
            connected(bot, owned, "a session has started");
            true
        }
        Payload::Resumed { sequence } => {
            owned.sequence.arrived(sequence, false);
            bot.metrics.gateway_resumes.inc();
            connected(bot, owned, "the session was resumed");
            true
        }
        Payload::Interaction { sequence, interaction } => {
            owned.sequence.arrived(sequence, true);
            let owned = owned.clone();
            interactions::accept(bot.clone(), *interaction, move || {
                owned.sequence.done(sequence);
                owned.stored.notify_one();
            });
            false
        }
        Payload::Other { sequence } => {
            owned.sequence.arrived(sequence, false);
            false
        }
        Payload::Control => false,
    }
}

/// Closes with 4000, which keeps the session, and takes in what arrives until Discord's close.
async fn leave(bot: &Arc<Bot>, owned: &Arc<Owned>, mut shard: Shard<IdentifyGate>) {
    shard.close(CloseFrame::RESUME);
    let goodbye = async {
        while let Some(Ok(Message::Text(json))) = shard.next().await {
            text(bot, owned, &json).await;
        }
        while !owned.sequence.is_idle() {
            owned.stored.notified().await;
        }
    };
    if tokio::time::timeout(GOODBYE, goodbye).await.is_err() {
        tracing::info!(
            shard = owned.id.number(),
            "the gateway did not say goodbye in time; the next owner resumes from what is stored"
        );
    }
    disconnected(bot, owned);
}

fn connected(bot: &Bot, owned: &Owned, what: &str) {
    tracing::info!(shard = owned.id.number(), sequence = owned.sequence.safe(), "{what}");
    bot.metrics.shards_connected.with_label_values(&[&owned.id.number().to_string()]).set(1);
    bot.state.update(|status| {
        status.gateway.state = GatewayState::Connected;
        status.gateway.shards.connected = 1;
    });
    bot.wakeups.display.notify_one();
}

fn disconnected(bot: &Bot, owned: &Owned) {
    bot.metrics.shards_connected.with_label_values(&[&owned.id.number().to_string()]).set(0);
    let resumable = owned.session().is_some();
    bot.state.update(|status| {
        status.gateway.state = if resumable { GatewayState::Resuming } else { GatewayState::Disconnected };
        status.gateway.shards.connected = 0;
    });
}

/// The id of a shard among `total`.
pub fn shard_id(number: u32, total: u32) -> ShardId {
    ShardId::new_checked(number, total.max(1)).unwrap_or(ShardId::ONE)
}
