//! The session of one shard while this pod owns it: connect or resume, read, reconnect with back-off, close so that the
//! next owner can resume.

use std::{sync::Arc, time::Duration};

use futures_util::{StreamExt as _, future};
use stockbot_config::status::GatewayState;
use stockbot_store::SavedSession;
use tokio_util::sync::CancellationToken;
use twilight_gateway::{CloseFrame, Config, ConfigBuilder, Message, Session, Shard};
use twilight_model::gateway::Intents;

use super::{
    close::{self, Then},
    dispatch::{self, Event, Payload},
    guild::Guild,
    owned::Owned,
    queue::{IdentifyGate, Turn},
    reconnect::Reconnect,
};
use crate::{context::Bot, interactions, secret::Secret};

/// Longest wait for Discord's own close after ours, and for dispatches to be stored.
const GOODBYE: Duration = Duration::from_secs(2);

/// How to reach the gateway, and what the shards of a pod share.
pub struct Gateway {
    /// The bot.
    pub bot: Arc<Bot>,
    /// The bot's token.
    pub token: Secret,
    /// Where sessions start.
    pub url: String,
    /// Number of shards.
    pub total: u32,
    /// Guards the session starts.
    pub gate: IdentifyGate,
    /// The bot's guild.
    pub guild: Arc<Guild>,
}

/// Why a connection ended.
struct Ended {
    then: Then,
    /// Discord asked for another one.
    invited: bool,
}

/// One shard's connections.
pub struct Connection<'a> {
    gateway: &'a Gateway,
    owned: &'a Arc<Owned>,
    reconnect: Reconnect,
    resume_url: Option<String>,
    /// Held until a new session has started.
    turn: Option<Turn>,
}

impl<'a> Connection<'a> {
    /// Of an owned shard.
    pub fn new(gateway: &'a Gateway, owned: &'a Arc<Owned>) -> Self {
        let resume_url = owned.session().map(|session| session.resume_url).filter(|url| !url.is_empty());
        Self { gateway, owned, reconnect: Reconnect::default(), resume_url, turn: None }
    }

    /// Reads the shard until `stop`; leaves the session resumable.
    pub async fn run(mut self, stop: &CancellationToken) {
        self.lives_not();
        while stop.run_until_cancelled(self.may_connect()).await.is_some() {
            let mut shard = Shard::with_config(self.owned.id, self.config());
            let Some(Ended { then, invited }) = self.read(&mut shard, stop).await else {
                return self.leave(shard).await;
            };
            self.turn = None;
            let wait = match then {
                Then::End(reason) => return self.bot().end(reason),
                Then::Identify => {
                    self.owned.forget_session(self.bot()).await;
                    self.reconnect.before_identify(invited)
                }
                Then::Resume => {
                    self.resume_url = shard.resume_url().map(str::to_owned);
                    self.reconnect.before_resume(invited)
                }
            };
            if invited {
                // Until Discord's close, where it would connect again; what still comes is sent again to the next connection.
                let rest = shard.take_while(|item| future::ready(matches!(item, Ok(Message::Text(_)))));
                tokio::spawn(tokio::time::timeout(GOODBYE, rest.for_each(|_| future::ready(()))));
            }
            self.lives_not();
            if stop.run_until_cancelled(tokio::time::sleep(wait)).await.is_none() {
                return;
            }
        }
    }

    /// Waits until the lease is proven: a pod that is cut off from the database must not take the session from its new owner.
    /// A session that has to be started anew waits for its turn as well.
    async fn may_connect(&mut self) {
        if !self.owned.tenure.allows_to_connect(std::time::Instant::now()) {
            let message =
                "the lease of the shard could not be renewed; the gateway is connected again when it was";
            tracing::warn!(shard = self.number(), "{message}");
            self.bot().state.failed(message);
        }
        self.owned.tenure.proven().await;
        if self.owned.session().is_none() {
            self.turn = Some(self.gateway.gate.turn(self.number()).await);
            self.owned.tenure.proven().await;
        }
    }

    fn config(&mut self) -> Config<IdentifyGate> {
        let url = |url: &str| url.trim_end_matches('/').to_owned();
        let mut builder = ConfigBuilder::new(self.gateway.token.expose().to_owned(), self.intents())
            .proxy_url(url(&self.gateway.url))
            .queue(self.gateway.gate.clone());
        let resume_url = self.resume_url.take();
        if let Some(session) = self.owned.session() {
            let sequence = u64::try_from(session.sequence).unwrap_or_default();
            self.owned.sequence.reset(sequence);
            builder = builder.session(Session::new(sequence, session.session_id));
            if let Some(resume_url) = resume_url {
                builder = builder.resume_url(url(&resume_url));
            }
        }
        builder.build()
    }

    /// Reads until the connection ends or `stop` (`None`).
    async fn read(&mut self, shard: &mut Shard<IdentifyGate>, stop: &CancellationToken) -> Option<Ended> {
        loop {
            let then = match stop.run_until_cancelled(shard.next()).await? {
                Some(Ok(Message::Text(json))) => match self.text(&json).await {
                    None => {
                        let latency = shard.latency().average().map_or(0.0, |latency| latency.as_secs_f64());
                        self.bot().metrics.gateway_latency.set(latency);
                        continue;
                    }
                    Some(then) => return Some(Ended { then, invited: true }),
                },
                Some(Ok(Message::Close(frame))) => {
                    let code = frame.as_ref().map(|frame| frame.code);
                    tracing::warn!(shard = self.number(), ?code, "the gateway closed the connection");
                    close::policy(code)
                }
                Some(Err(error)) => {
                    let error = dispatch::told(&error);
                    tracing::warn!(shard = self.number(), error, "the gateway connection failed");
                    self.bot().state.failed(format_args!("gateway: {error}"));
                    Then::Resume
                }
                None => Then::Resume,
            };
            return Some(Ended { then, invited: false });
        }
    }

    /// Handles a payload; what Discord asks for, if it asks for another connection.
    async fn text(&mut self, json: &str) -> Option<Then> {
        match dispatch::parse(json) {
            Ok(Payload::Dispatch { sequence, event }) => self.dispatch(sequence, event).await,
            Ok(Payload::Reconnect) => return Some(Then::Resume),
            Ok(Payload::SessionDead) => return Some(Then::Identify),
            Ok(Payload::Other) => {}
            Err(error) => {
                self.bot().metrics.errors.with_label_values(&["dispatch"]).inc();
                tracing::error!(%error, "a dispatch is not understood and was skipped");
            }
        }
        None
    }

    async fn dispatch(&mut self, sequence: u64, event: Event) {
        let (owned, guild) = (self.owned, &self.gateway.guild);
        if let Event::Interaction(interaction) = event {
            owned.sequence.arrived(sequence, true);
            let owned = owned.clone();
            return interactions::accept(self.bot().clone(), *interaction, move || {
                owned.sequence.done(sequence);
                owned.stored.notify_one();
            });
        }
        owned.sequence.arrived(sequence, false);
        match event {
            Event::Ready { session, resume_url, guilds } => {
                owned.sequence.reset(sequence);
                let sequence = i64::try_from(sequence).unwrap_or(0);
                let session = SavedSession { session_id: session, sequence, resume_url };
                owned.remember_session(self.bot(), session).await;
                guild.listed(self.number(), &guilds);
                self.lives("a session has started");
            }
            Event::Resumed => {
                self.bot().metrics.gateway_resumes.inc();
                guild.resumed(self.number());
                self.lives("the session was resumed");
            }
            Event::GuildHere(id) => guild.here(id),
            Event::GuildGone(id) => guild.gone(id),
            Event::Channel(id) => self.channel(id),
            Event::Message { channel, edited } => self.message(channel, edited),
            Event::Interaction(_) | Event::Other => {}
        }
    }

    /// Only those with a live message are of interest.
    fn channel(&self, channel: u64) {
        let bot = self.bot();
        let config = bot.config();
        if config.displays.iter().any(|display| display.settings.channel_id.get() == channel) {
            bot.wakeups.places.send_modify(|times| *times += 1);
        }
    }

    /// Only those of the deposit channel are of interest.
    fn message(&self, channel: u64, edited: Option<u64>) {
        let bot = self.bot();
        if bot.config().shop.channels.deposits.0.is_some_and(|deposits| deposits.get() == channel) {
            edited.map_or_else(
                || bot.wakeups.deposits.posted(),
                |message| bot.wakeups.deposits.edited(message),
            );
        }
    }

    /// What Discord is asked to tell: messages only where deposits are read. Their text is read over REST, so the privileged intent
    /// needs to be on for the application but is not asked for here.
    fn intents(&self) -> Intents {
        let reads = self.bot().config().shop.channels.deposits.0.is_some();
        if reads { Intents::GUILDS | Intents::GUILD_MESSAGES } else { Intents::GUILDS }
    }

    /// Closes with 4000, which keeps the session, and takes in what arrives until Discord's close.
    async fn leave(mut self, mut shard: Shard<IdentifyGate>) {
        shard.close(CloseFrame::RESUME);
        let goodbye = async {
            while let Some(Ok(Message::Text(json))) = shard.next().await {
                self.text(&json).await;
            }
            while !self.owned.sequence.is_idle() {
                self.owned.stored.notified().await;
            }
        };
        if tokio::time::timeout(GOODBYE, goodbye).await.is_err() {
            tracing::info!(
                shard = self.number(),
                "the gateway did not say goodbye in time; the next owner resumes from what is stored"
            );
        }
        self.lives_not();
    }

    fn lives(&mut self, what: &str) {
        self.turn = None;
        self.reconnect.lives();
        tracing::info!(shard = self.number(), sequence = self.owned.sequence.safe(), "{what}");
        self.bot().state.shard(self.number(), GatewayState::Connected);
        self.gauge().set(1);
        self.bot().wakeups.display.notify_one();
    }

    fn lives_not(&self) {
        let resumable = self.owned.session().is_some();
        let state = if resumable { GatewayState::Resuming } else { GatewayState::Disconnected };
        self.bot().state.shard(self.number(), state);
        self.gauge().set(0);
    }

    fn gauge(&self) -> prometheus::IntGauge {
        self.bot().metrics.shards_connected.with_label_values(&[&self.number().to_string()])
    }

    fn number(&self) -> u32 {
        self.owned.id.number()
    }

    fn bot(&self) -> &'a Arc<Bot> {
        &self.gateway.bot
    }
}
