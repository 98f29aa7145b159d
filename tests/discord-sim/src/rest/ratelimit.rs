//! The limits of the REST side: buckets per route and top-level id, 50 requests/s per bot, and the ban of
//! addresses that send 10,000 invalid requests in 10 minutes. Computes only; the pipeline answers.

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, VecDeque};
use std::hash::{Hash, Hasher};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Requests per second and bot over all routes (Discord's reference, "Global Rate Limit").
const GLOBAL_PER_SECOND: u32 = 50;
/// The window in which invalid requests are counted.
const INVALID_WINDOW: Duration = Duration::from_mins(10);

/// How often what is over is forgotten.
const SWEEP: Duration = Duration::from_secs(5);

/// Who is limited: a bot, or an address without a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Who {
    /// A bot by its application id.
    Bot(u64),
    /// An address.
    Address(IpAddr),
}

/// The limit of a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Requests per window.
    pub limit: u32,
    /// The window.
    pub window: Duration,
}

/// The state of a bucket after a request, for the headers.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// `X-RateLimit-Bucket`.
    pub bucket: String,
    /// `X-RateLimit-Limit`.
    pub limit: u32,
    /// `X-RateLimit-Remaining`.
    pub remaining: u32,
    /// `X-RateLimit-Reset-After`.
    pub reset_after: Duration,
    /// Whether this request was one too many.
    pub exceeded: bool,
}

#[derive(Debug)]
struct Window {
    since: Instant,
    length: Duration,
    used: u32,
}

impl Window {
    fn new(since: Instant, length: Duration) -> Self {
        Self { since, length, used: 0 }
    }

    fn is_over(&self, now: Instant) -> bool {
        now.duration_since(self.since) >= self.length
    }

    fn left(&self, now: Instant) -> Duration {
        self.length.saturating_sub(now.duration_since(self.since))
    }
}

/// All limits of one stand-in.
pub struct RateLimits {
    /// By who it is, the route's hash and that of the top-level id.
    buckets: HashMap<(Who, u64, u64), Window>,
    global: HashMap<Who, Window>,
    invalid: HashMap<IpAddr, VecDeque<Instant>>,
    invalid_limit: usize,
    swept: Instant,
}

/// The limit of a route by method and path pattern, or none for those without buckets. Discord announces its
/// limits in headers only; these are the values seen most often.
#[must_use]
pub fn rule(method: &str, route: &str) -> Option<Rule> {
    let per = |limit, seconds| Some(Rule { limit, window: Duration::from_secs(seconds) });
    match (method, route) {
        (_, "/interactions/{id}/{token}/callback") => None,
        ("POST" | "PATCH", "/channels/{channel}/messages" | "/channels/{channel}/messages/{message}") => {
            per(5, 5)
        }
        ("DELETE", "/channels/{channel}/messages/{message}") => per(5, 1),
        (_, route) if route.starts_with("/webhooks/") => per(5, 2),
        ("POST" | "PUT" | "PATCH" | "DELETE", route) if route.ends_with("/commands") => per(5, 20),
        ("PUT" | "DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
        | ("POST", "/users/@me/channels") => per(10, 10),
        _ => per(50, 1),
    }
}

impl RateLimits {
    /// Nothing used yet.
    #[must_use]
    pub fn new(invalid_limit: usize) -> Self {
        Self {
            buckets: HashMap::new(),
            global: HashMap::new(),
            invalid: HashMap::new(),
            invalid_limit,
            swept: Instant::now(),
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new(self.invalid_limit);
    }

    /// Counts one request against 50/s. How long to wait, if it is too many.
    pub fn global(&mut self, who: Who, now: Instant) -> Option<Duration> {
        let fresh = || Window::new(now, Duration::from_secs(1));
        let window = self.global.entry(who).or_insert_with(fresh);
        if window.is_over(now) {
            *window = fresh();
        }
        window.used += 1;
        (window.used > GLOBAL_PER_SECOND).then(|| window.left(now))
    }

    /// Counts one request against its bucket: the route and the top-level id in its path.
    pub fn take(
        &mut self,
        who: Who,
        rule: Rule,
        method: &str,
        route: &str,
        top: &str,
        now: Instant,
    ) -> State {
        self.sweep(now);
        let hash = hash(&(method, route));
        let fresh = || Window::new(now, rule.window);
        let window = self.buckets.entry((who, hash, self::hash(&top))).or_insert_with(fresh);
        if window.is_over(now) {
            *window = fresh();
        }
        let exceeded = window.used >= rule.limit;
        if !exceeded {
            window.used += 1;
        }
        State {
            bucket: format!("{hash:016x}"),
            limit: rule.limit,
            remaining: rule.limit - window.used,
            reset_after: window.left(now),
            exceeded,
        }
    }

    /// Counts an answer 401, 403 or 429 against the address.
    pub fn invalid(&mut self, ip: IpAddr, now: Instant) {
        let times = self.invalid.entry(ip).or_default();
        if times.len() < self.invalid_limit {
            times.push_back(now);
        }
    }

    /// How long the address is still banned.
    pub fn banned(&mut self, ip: IpAddr, now: Instant) -> Option<Duration> {
        let times = self.invalid.get_mut(&ip)?;
        while times.front().is_some_and(|time| now.duration_since(*time) >= INVALID_WINDOW) {
            times.pop_front();
        }
        let first = *times.front()?;
        (times.len() >= self.invalid_limit).then(|| INVALID_WINDOW.saturating_sub(now.duration_since(first)))
    }

    /// Forgets windows that are over, so that memory stays bounded by the requests of a minute.
    fn sweep(&mut self, now: Instant) {
        if now.duration_since(self.swept) < SWEEP {
            return;
        }
        self.swept = now;
        self.buckets.retain(|_, window| !window.is_over(now));
        self.global.retain(|_, window| !window.is_over(now));
        let fresh = |at: &Instant| now.duration_since(*at) < INVALID_WINDOW;
        self.invalid.retain(|_, times| times.back().is_some_and(fresh));
    }
}

fn hash(what: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    what.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOT: Who = Who::Bot(1);

    #[test]
    fn a_bucket_is_the_route_and_the_top_level_id() {
        let mut limits = RateLimits::new(10);
        let now = Instant::now();
        let route = "/channels/{channel}/messages";
        let rule = rule("POST", route).unwrap();
        let mut post = |channel: &str, now| limits.take(BOT, rule, "POST", route, channel, now);
        let used: Vec<_> = (0..6).map(|_| post("1", now)).collect();
        assert_eq!(used.iter().map(|state| state.remaining).collect::<Vec<_>>(), [4, 3, 2, 1, 0, 0]);
        assert_eq!(used.iter().filter(|state| state.exceeded).count(), 1);
        assert!(!post("2", now).exceeded, "another channel has its own bucket");
        assert!(!post("1", now + Duration::from_secs(5)).exceeded, "full again after the window");
    }

    #[test]
    fn fifty_requests_a_second_are_allowed_in_all() {
        let mut limits = RateLimits::new(10);
        let now = Instant::now();
        assert!((0..50).all(|_| limits.global(BOT, now).is_none()));
        assert!(limits.global(BOT, now).is_some());
        assert!(limits.global(Who::Bot(2), now).is_none());
        assert!(limits.global(BOT, now + Duration::from_secs(1)).is_none());
    }

    #[test]
    fn too_many_invalid_requests_ban_the_address_for_the_rest_of_ten_minutes() {
        let mut limits = RateLimits::new(3);
        let (ip, now) = (IpAddr::from([127, 0, 0, 1]), Instant::now());
        for _ in 0..3 {
            assert_eq!(limits.banned(ip, now), None);
            limits.invalid(ip, now);
        }
        assert_eq!(limits.banned(ip, now), Some(INVALID_WINDOW));
        assert_eq!(limits.banned(ip, now + INVALID_WINDOW), None);
    }

    #[test]
    fn windows_that_are_over_are_forgotten() {
        let mut limits = RateLimits::new(3);
        let now = Instant::now();
        let rule = rule("POST", "/webhooks/{webhook}/{token}").unwrap();
        for token in 0..1000 {
            limits.take(
                Who::Bot(token),
                rule,
                "POST",
                "/webhooks/{webhook}/{token}",
                &token.to_string(),
                now,
            );
            limits.global(Who::Bot(token), now);
            limits.invalid(IpAddr::from([10, 0, 0, u8::try_from(token % 256).unwrap()]), now);
        }
        let later = now + INVALID_WINDOW;
        limits.take(BOT, rule, "GET", "/users/@me", "", later);
        assert_eq!((limits.buckets.len(), limits.global.len(), limits.invalid.len()), (1, 0, 0));
    }
}
