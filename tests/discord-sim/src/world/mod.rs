//! Everything that exists: applications, people, guilds, channels, messages, commands, interactions, sessions.
//!
//! One lock guards it, held for the time of a computation and never across an await. The world knows no HTTP:
//! the REST side, the gateway, the control API and the page all come here to read and to change things.

pub mod application;
pub mod base;
pub mod channel;
pub mod command;
pub mod create;
pub mod delete;
pub mod events;
pub mod files;
pub mod guild;
pub mod intents;
pub mod interaction;
pub mod keeping;
pub mod look;
pub mod media;
pub mod memory;
pub mod message;
pub mod nonces;
pub mod permissions;
pub mod seed;
pub mod session;
pub mod sessions;
pub mod user;

use std::collections::{BTreeMap, HashMap};

use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::sync::broadcast;

use application::Application;
use channel::Channel;
use guild::Guild;
use interaction::Interaction;
use keeping::Keeping;
use memory::Forgotten;
use nonces::Nonces;
use sessions::Sessions;
use user::User;

use crate::id::{Id, Snowflakes};

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
    /// The application of each bot token.
    pub tokens: HashMap<String, Id>,
    /// The channel of each message.
    pub places: HashMap<Id, Id>,
    /// The memory messages take.
    pub kept_messages: Keeping,
    /// Direct message channels by bot and person.
    pub direct: HashMap<(Id, Id), Id>,
    /// Webhooks by id.
    pub webhooks: BTreeMap<Id, Webhook>,
    /// Interactions by id.
    pub interactions: BTreeMap<Id, Interaction>,
    /// The memory that what was said in them takes.
    pub kept_said: Keeping,
    /// Gateway sessions.
    pub sessions: Sessions,
    /// First uses of nonces.
    pub nonces: Nonces,
    /// Files for download.
    pub files: files::Files,
    /// What memory had to let go and nobody was told of yet.
    pub forgotten: Forgotten,
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
            tokens: HashMap::new(),
            places: HashMap::new(),
            kept_messages: Keeping::new(memory::MESSAGES),
            direct: HashMap::new(),
            webhooks: BTreeMap::new(),
            interactions: BTreeMap::new(),
            kept_said: Keeping::new(memory::SAID),
            sessions: Sessions::default(),
            nonces: Nonces::default(),
            files: files::Files::default(),
            forgotten: Forgotten::default(),
            rng: StdRng::seed_from_u64(seed),
            changes: broadcast::channel(1024).0,
            seed,
        }
    }

    /// Empties the world and ends every session. Ids go on growing.
    pub fn reset(&mut self) {
        for session in self.sessions.all() {
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
        self.applications.get(self.tokens.get(token)?)
    }

    /// Gives an application another token; the old one is dead.
    pub fn set_token(&mut self, application: Id, token: String) {
        let Some(found) = self.applications.get_mut(&application) else { return };
        let old = std::mem::replace(&mut found.token, token.clone());
        if self.tokens.get(&old) == Some(&application) {
            self.tokens.remove(&old);
        }
        self.tokens.insert(token, application);
    }

    /// The interaction whose token this is.
    #[must_use]
    pub fn interaction_by_token(&self, application: Id, token: &str) -> Option<&Interaction> {
        let found = self.interactions.get(&Interaction::id_in(token)?)?;
        (found.application == application && found.token() == token).then_some(found)
    }
}
