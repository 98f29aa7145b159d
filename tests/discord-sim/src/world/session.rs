//! Gateway sessions: what each is entitled to, and every dispatch it was sent, for Resume.
//!
//! A session outlives its connection. Connections read from the session's buffer at their own pace, so a slow
//! client holds up nobody, and a resume is nothing but reading from an earlier place.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};

use super::base::Base;
use crate::id::Id;

/// One gateway session.
#[derive(Debug)]
pub struct Session {
    /// Its id, as READY tells.
    pub id: String,
    /// Whose.
    pub application: Id,
    /// `[shard_id, num_shards]`.
    pub shard: (u64, u64),
    /// Intents it asked for and was granted.
    pub intents: u64,
    /// The last sequence number given out.
    pub seq: u64,
    /// The address its client uses.
    pub base: Base,
    /// The connection that carries it now.
    pub link: Option<Link>,
    /// Since when it has had none.
    pub detached: Option<Instant>,
    buffer: VecDeque<Entry>,
    bytes: usize,
    /// The first sequence number that is still in the buffer.
    first: u64,
    acknowledged: u64,
}

#[derive(Debug)]
struct Entry {
    dispatch: Dispatch,
    at: Instant,
    bytes: usize,
}

/// One event as it goes to a client.
#[derive(Clone, Debug)]
pub struct Dispatch {
    /// Its number in the session.
    pub seq: u64,
    /// Its name, `t`.
    pub name: &'static str,
    /// Its `d` in JSON, which sessions share.
    pub data: Arc<str>,
}

impl Dispatch {
    /// The payload.
    #[must_use]
    pub fn frame(&self) -> String {
        format!(r#"{{"t":"{}","s":{},"op":0,"d":{}}}"#, self.name, self.seq, self.data)
    }
}

/// The way to the task that holds a session's socket.
#[derive(Clone, Debug)]
pub struct Link {
    /// Tells connections apart.
    pub number: u64,
    /// New dispatches are in the buffer.
    pub wake: Arc<Notify>,
    /// Things to do at once.
    pub orders: mpsc::Sender<Order>,
}

/// What a connection is told to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Close with this code and reason.
    Close(u16, &'static str),
    /// Send op 7.
    Reconnect,
    /// Send op 9 with this `d`; the session is no longer this connection's.
    Invalidate(bool),
}

impl Session {
    /// A session nobody has been told of yet.
    #[must_use]
    pub fn new(id: String, application: Id, shard: (u64, u64), intents: u64, base: Base, link: Link) -> Self {
        Self {
            id,
            application,
            shard,
            intents,
            seq: 0,
            base,
            link: Some(link),
            detached: None,
            buffer: VecDeque::new(),
            bytes: 0,
            first: 1,
            acknowledged: 0,
        }
    }

    /// Appends one dispatch; `data` is its `d` in JSON, rendered for [`Base::anywhere`], which as many sessions as
    /// `share` get.
    pub fn push(&mut self, name: &'static str, data: &Arc<str>, share: usize) {
        self.seq += 1;
        let data = self.base.localise(data);
        let bytes = size_of::<Entry>() + data.len() / share.max(1);
        self.bytes += bytes;
        let dispatch = Dispatch { seq: self.seq, name, data };
        self.buffer.push_back(Entry { dispatch, at: Instant::now(), bytes });
        if let Some(link) = &self.link {
            link.wake.notify_one();
        }
    }

    /// Up to `limit` dispatches after `seq`, oldest first.
    #[must_use]
    pub fn after(&self, seq: u64, limit: usize) -> Vec<Dispatch> {
        let start = self.buffer.partition_point(|entry| entry.dispatch.seq <= seq);
        self.buffer.range(start..).take(limit).map(|entry| entry.dispatch.clone()).collect()
    }

    /// Whether a resume from `seq` can be served without a gap.
    #[must_use]
    pub fn reaches_back_to(&self, seq: u64) -> bool {
        seq + 1 >= self.first
    }

    /// Notes what the client has got, and forgets what it cannot ask for again within `life`.
    pub fn acknowledge(&mut self, seq: u64, life: Duration) {
        self.acknowledged = self.acknowledged.max(seq);
        let acknowledged = self.acknowledged;
        let over = |entry: &Entry| entry.dispatch.seq < acknowledged && entry.at.elapsed() > life;
        while self.buffer.front().is_some_and(over) {
            self.drop_oldest();
        }
    }

    /// Earlier RESUMED events are not replayed: a client would take them for the end of the replay.
    pub fn forget_resumed(&mut self) {
        self.buffer.retain(|entry| entry.dispatch.name != "RESUMED");
        self.bytes = self.buffer.iter().map(|entry| entry.bytes).sum();
    }

    /// Memory its buffer takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Forgets the oldest dispatches down to so many bytes; how many. A client that has not got them cannot resume.
    pub fn shrink(&mut self, bytes: usize) -> usize {
        let before = self.buffer.len();
        while self.bytes > bytes && !self.buffer.is_empty() {
            self.drop_oldest();
        }
        self.buffer.shrink_to(2 * self.buffer.len());
        before - self.buffer.len()
    }

    fn drop_oldest(&mut self) {
        if let Some(entry) = self.buffer.pop_front() {
            self.bytes = self.bytes.saturating_sub(entry.bytes);
            self.first = entry.dispatch.seq + 1;
        }
    }

    /// Whether this guild's events go here.
    #[must_use]
    pub fn carries(&self, guild: Option<Id>) -> bool {
        match guild {
            Some(guild) => guild.shard(self.shard.1) == self.shard.0,
            None => self.shard.0 == 0,
        }
    }

    /// Gives an order to the connection, if there is one.
    pub fn order(&self, order: Order) {
        if let Some(link) = &self.link {
            // A connection that is just ending no longer listens and needs no order; one that is stuck has enough.
            let _ = link.orders.try_send(order);
        }
    }
}
