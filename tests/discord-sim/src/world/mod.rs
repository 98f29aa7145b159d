//! Everything that exists: applications, people, guilds, channels, messages, commands, interactions, sessions.
//!
//! One lock guards it, held for the time of a computation and never across an await. The world knows no HTTP:
//! the REST side, the gateway, the control API and the page all come here to read and to change things.

pub mod application;
pub mod base;
pub mod channel;
pub mod command;
pub mod create;
pub mod events;
pub mod files;
pub mod guild;
pub mod intents;
pub mod interaction;
pub mod look;
pub mod message;
pub mod permissions;
pub mod seed;
pub mod session;
pub mod user;

use std::collections::{BTreeMap, HashMap, VecDeque};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::broadcast;

use application::Application;
use channel::Channel;
use guild::Guild;
use interaction::Interaction;
use session::Session;
use user::User;

use crate::id::{Id, Snowflakes};

/// Interactions kept; the oldest go first, and their ephemeral answers with them.
const INTERACTIONS_KEPT: usize = 50_000;
/// Messages kept per channel; the oldest go first.
pub const MESSAGES_KEPT: usize = 20_000;

/// Something the page may have to draw anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The messages of a channel.
    Channel(Id),
    /// The list of guilds, channels, people and commands.
    Lists,
    /// An interaction was answered.
    Interaction(Id),
}

/// A channel webhook, used by its token.
#[derive(Clone, Debug)]
pub struct Webhook {
    /// Its id.
    pub id: Id,
    /// The secret part of its address.
    pub token: String,
    /// Where it writes.
    pub channel: Id,
    /// The name it writes under.
    pub name: String,
    /// The application that made it, if a bot did.
    pub application: Option<Id>,
}

/// Everything that exists.
pub struct World {
    /// Hands out ids.
    pub ids: Snowflakes,
    /// Applications by id.
    pub applications: BTreeMap<Id, Application>,
    /// People and bots by id.
    pub users: BTreeMap<Id, User>,
    /// Guilds by id.
    pub guilds: BTreeMap<Id, Guild>,
    /// Channels by id, direct messages too.
    pub channels: HashMap<Id, Channel>,
    /// The channel of each message.
    pub message_places: HashMap<Id, Id>,
    /// Direct message channels by bot and person.
    pub direct: HashMap<(Id, Id), Id>,
    /// Webhooks by id.
    pub webhooks: BTreeMap<Id, Webhook>,
    /// Interactions by id.
    pub interactions: BTreeMap<Id, Interaction>,
    /// Interactions by token.
    pub interaction_tokens: HashMap<String, Id>,
    /// Sessions by id.
    pub sessions: HashMap<String, Session>,
    /// First uses of nonces, for `enforce_nonce`, oldest first.
    pub nonces: VecDeque<(std::time::Instant, Id, String, Id)>,
    /// Files for download.
    pub files: files::Files,
    /// Decides what is random.
    pub rng: StdRng,
    /// Tells the page what changed.
    pub changes: broadcast::Sender<Change>,
    seed: u64,
}

impl World {
    /// An empty world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            ids: Snowflakes::default(),
            applications: BTreeMap::new(),
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: HashMap::new(),
            message_places: HashMap::new(),
            direct: HashMap::new(),
            webhooks: BTreeMap::new(),
            interactions: BTreeMap::new(),
            interaction_tokens: HashMap::new(),
            sessions: HashMap::new(),
            nonces: VecDeque::new(),
            files: files::Files::default(),
            rng: StdRng::seed_from_u64(seed),
            changes: broadcast::channel(1024).0,
            seed,
        }
    }

    /// Empties the world and ends every session. Ids go on growing.
    pub fn reset(&mut self) {
        for session in self.sessions.values() {
            session.order(session::Order::Close(4009, "Session timed out."));
        }
        let ids = std::mem::take(&mut self.ids);
        let changes = self.changes.clone();
        *self = Self::new(self.seed);
        self.ids = ids;
        self.changes = changes;
        self.changed(Change::Lists);
    }

    /// Tells the page that something is to be drawn anew.
    pub fn changed(&self, change: Change) {
        // Without a page open nobody listens, which is no fault.
        let _ = self.changes.send(change);
    }

    /// The application whose token this is.
    #[must_use]
    pub fn application_by_token(&self, token: &str) -> Option<&Application> {
        self.applications.values().find(|application| application.token == token)
    }

    /// The interaction whose token this is.
    #[must_use]
    pub fn interaction_by_token(&self, application: Id, token: &str) -> Option<&Interaction> {
        let found = self.interactions.get(self.interaction_tokens.get(token)?)?;
        (found.application == application).then_some(found)
    }

    /// Keeps an interaction, and forgets the oldest ones beyond what is kept.
    pub fn remember_interaction(&mut self, interaction: Interaction) {
        self.interaction_tokens.insert(interaction.token.clone(), interaction.id);
        self.interactions.insert(interaction.id, interaction);
        while self.interactions.len() > INTERACTIONS_KEPT {
            let Some((_, old)) = self.interactions.pop_first() else { return };
            self.interaction_tokens.remove(&old.token);
            for message in old.original.into_iter().chain(old.followups) {
                self.forget_ephemeral(message);
            }
        }
    }

    /// Forgets sessions whose connection has been gone for longer than they live.
    pub fn forget_dead_sessions(&mut self, life: std::time::Duration) {
        self.sessions.retain(|_, session| session.detached.is_none_or(|since| since.elapsed() <= life));
    }

    fn forget_ephemeral(&mut self, message: Id) {
        let Some(place) = self.message_places.get(&message) else { return };
        let Some(channel) = self.channels.get_mut(place) else { return };
        if channel.messages.get(&message).is_some_and(|kept| kept.ephemeral_to.is_some()) {
            channel.messages.remove(&message);
            self.message_places.remove(&message);
        }
    }
}
