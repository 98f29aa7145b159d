//! Applications: their token, their keys, the identify budget and the faults set on them.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use super::command::Registry;
use crate::id::Id;

/// The window of the identify budget: 24 hours.
pub const BUDGET_WINDOW: Duration = Duration::from_hours(24);

/// An application with its bot.
pub struct Application {
    /// Its id, which is also that of its bot user.
    pub id: Id,
    /// Its name.
    pub name: String,
    /// The bot token that is valid now.
    pub token: String,
    /// Signs HTTP interactions; its public half is the application's `public_key`.
    pub signing_key: SigningKey,
    /// Privileged intents its owner switched on.
    pub privileged_intents: u64,
    /// Shards recommended, and the least an identify must name.
    pub shards: u64,
    /// Session starts.
    pub budget: Budget,
    /// Identifies seen.
    pub identifies: u64,
    /// Resumes seen.
    pub resumes: u64,
    /// Tokens taken away for overspending.
    pub token_resets: u64,
    /// Answers 401, 403 and 429 to its requests.
    pub invalid_requests: u64,
    /// New connections are refused while this lasts.
    pub refusal: Option<Refusal>,
    /// Its sessions get nothing until then.
    pub paused_until: Option<Instant>,
    /// Slash commands.
    pub commands: Registry,
    /// Interactions go here by HTTP and not through the gateway.
    pub interactions_url: Option<String>,
}

/// A time in which gateway connections are refused.
#[derive(Clone, Copy, Debug)]
pub struct Refusal {
    /// When it ends.
    pub until: Instant,
    /// Whether only the resume address is dead.
    pub resume_only: bool,
}

/// How many sessions may be started, and how fast.
#[derive(Debug)]
pub struct Budget {
    /// Session starts in 24 h.
    pub total: u64,
    /// Of them left.
    pub remaining: u64,
    /// When the window began: the first identify in it.
    pub since: Option<Instant>,
    /// Identifies allowed at once, one per key `shard_id % max_concurrency`.
    pub max_concurrency: u64,
    /// The pause between two identifies of one key; Discord says 5 s.
    pub spacing: Duration,
    last: HashMap<u64, Instant>,
}

/// What the budget says to an identify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Go on.
    Granted,
    /// Within 5 s of another of its key: op 9.
    TooFast,
    /// Nothing left: the token is reset.
    Exhausted,
}

impl Budget {
    /// A full budget.
    #[must_use]
    pub fn new(total: u64, max_concurrency: u64, spacing: Duration) -> Self {
        Self {
            total,
            remaining: total,
            since: None,
            max_concurrency: max_concurrency.max(1),
            spacing,
            last: HashMap::new(),
        }
    }

    /// Counts one identify of a shard.
    pub fn spend(&mut self, shard: u64, now: Instant) -> Verdict {
        self.refill(now);
        self.since.get_or_insert(now);
        if self.remaining == 0 {
            return Verdict::Exhausted;
        }
        let key = shard % self.max_concurrency;
        let too_fast = self.last.get(&key).is_some_and(|last| now.duration_since(*last) < self.spacing);
        if too_fast {
            // No session was started, so that none is counted.
            return Verdict::TooFast;
        }
        self.remaining -= 1;
        let spacing = self.spacing;
        self.last.retain(|_, last| now.duration_since(*last) < spacing);
        self.last.insert(key, now);
        Verdict::Granted
    }

    /// Starts a new window once the old one is over.
    pub fn refill(&mut self, now: Instant) {
        if self.since.is_some_and(|since| now.duration_since(since) >= BUDGET_WINDOW) {
            self.since = None;
            self.remaining = self.total;
        }
    }

    /// `session_start_limit` of `GET /gateway/bot`.
    #[must_use]
    pub fn json(&self, now: Instant) -> Value {
        let passed = self.since.map_or(Duration::ZERO, |since| now.duration_since(since));
        let reset_after = self.since.map_or(0, |_| BUDGET_WINDOW.saturating_sub(passed).as_millis());
        json!({
            "total": self.total,
            "remaining": self.remaining,
            "reset_after": reset_after,
            "max_concurrency": self.max_concurrency,
        })
    }
}

impl Application {
    /// The public half of its signing key in hex.
    #[must_use]
    pub fn public_key(&self) -> String {
        hex(self.signing_key.verifying_key().as_bytes())
    }

    /// Until when nothing is sent to its connections, if that is not over.
    #[must_use]
    pub fn held_until(&self) -> Option<Instant> {
        self.paused_until.filter(|until| *until > Instant::now())
    }

    /// Counts that its token was reset, as Discord does to one that overspent its identifies, and fills the budget.
    pub fn count_reset(&mut self) {
        self.token_resets += 1;
        self.budget.remaining = self.budget.total;
        self.budget.since = None;
    }

    /// Whether a connection to the main address, or else the resume address, is refused now.
    #[must_use]
    pub fn refuses(&self, resume: bool, now: Instant) -> bool {
        self.refusal.is_some_and(|refusal| now < refusal.until && (resume || !refusal.resume_only))
    }
}

/// A token of the form Discord gives: the id, a stamp and a secret, each in base64.
pub fn make_token(id: Id, rng: &mut impl Rng) -> String {
    let stamp: [u8; 4] = rng.random();
    let secret: [u8; 27] = rng.random();
    let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    format!("{}.{}.{}", encode(id.to_string().as_bytes()), encode(&stamp), encode(&secret))
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_identify_per_five_seconds_and_key() {
        let mut budget = Budget::new(10, 2, Duration::from_secs(5));
        let start = Instant::now();
        assert_eq!(budget.spend(0, start), Verdict::Granted);
        assert_eq!(budget.spend(1, start), Verdict::Granted);
        assert_eq!(budget.spend(2, start), Verdict::TooFast);
        assert_eq!(budget.spend(2, start + Duration::from_secs(5)), Verdict::Granted);
        assert_eq!(budget.remaining, 7, "one that came too early started nothing");
    }

    #[test]
    fn the_budget_is_full_again_after_a_day() {
        let mut budget = Budget::new(1, 1, Duration::ZERO);
        let start = Instant::now();
        assert_eq!(budget.spend(0, start), Verdict::Granted);
        assert_eq!(budget.spend(0, start), Verdict::Exhausted);
        assert_eq!(budget.spend(0, start + BUDGET_WINDOW), Verdict::Granted);
    }
}
