//! Waits before a request that Discord would refuse: per bucket as its headers say, 50 a second over all, and after a refusal
//! as long as it says. No wait is longer than the caller's patience: what has to wait longer is handed back to it.
//!
//! Calls with an interaction's token do not come here: each has a bucket of its own and they are outside the global limit
//! (discord.md), so nothing may hold them up.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use reqwest::header::{HeaderMap, RETRY_AFTER};
use tokio::time::timeout_at;
use twilight_http_ratelimiting::{Bucket, Endpoint, Permit, RateLimitHeaders, RateLimiter};

/// Longest wait for a permit, and for a Retry-After, unless the caller says less. Far below the 3 minutes after which a loop
/// counts as stuck.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Discord's global limit: 50 requests a second and bot; a few are left for other programs with the same token.
const GLOBAL_PER_SECOND: u16 = 45;
/// What Discord asks for when it does not say.
const UNSAID: Duration = Duration::from_secs(1);
/// Longest wait that is believed; daily limits end within it.
const LONGEST: Duration = Duration::from_hours(24);

/// Buckets that are remembered before those that are full again are forgotten.
const KNOWN: usize = 1000;

/// The limits of one token.
pub struct Limits {
    buckets: RateLimiter,
    /// A 429 with `global: true` stops everything until then.
    stopped_until: Mutex<Option<Instant>>,
    known: Mutex<HashMap<Endpoint, RateLimitHeaders>>,
}

impl Limits {
    /// Nothing used yet. Needs a runtime: the buckets are kept by a task.
    pub fn new() -> Self {
        let buckets = RateLimiter::new(GLOBAL_PER_SECOND);
        Self { buckets, stopped_until: Mutex::default(), known: Mutex::default() }
    }

    /// Waits until a request of this kind may be sent; `Err`: how long that would take, if it is longer than `patience`.
    pub async fn acquire(&self, endpoint: &Endpoint, patience: Duration) -> Result<Permit, Duration> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(until) = self.stopped_until() {
                if until > deadline {
                    return Err(until.saturating_duration_since(Instant::now()));
                }
                tokio::time::sleep_until(until.into()).await;
            }
            let in_time = move |bucket: Option<Bucket>| {
                bucket.is_none_or(|bucket| bucket.remaining > 0 || bucket.reset_at <= deadline)
            };
            let permit = self.buckets.acquire_if(endpoint.clone(), in_time);
            let Ok(Some(permit)) = timeout_at(deadline.into(), permit).await else {
                return Err(self.left(endpoint).await);
            };
            // Another call may have been refused globally while this one waited.
            if self.stopped_until().is_none() {
                return Ok(permit);
            }
        }
    }

    /// Counts requests of this kind that others with the same token have sent: `left` more may follow within `within`.
    pub async fn used_by_others(&self, endpoint: &Endpoint, limit: u16, left: u16, within: Duration) {
        let told = RateLimitHeaders {
            bucket: endpoint.path.as_bytes().to_vec(),
            limit,
            remaining: left,
            reset_at: Instant::now() + within.min(LONGEST),
        };
        // If none is to be had soon, more is known already.
        if let Ok(permit) = self.acquire(endpoint, UNSAID).await {
            self.known().insert(endpoint.clone(), told.clone());
            permit.complete(Some(told));
        }
    }

    /// Learns from an answer that was no refusal.
    pub fn learn(&self, permit: Permit, endpoint: &Endpoint, headers: &HeaderMap) {
        let told = told(headers);
        if let Some(told) = &told {
            self.known().insert(endpoint.clone(), told.clone());
        }
        permit.complete(told);
    }

    /// A request was sent and no answer came: it may have used up one of its bucket.
    pub fn lost(&self, permit: Permit, endpoint: &Endpoint) {
        let mut known = self.known();
        let Some(bucket) = known.get_mut(endpoint).filter(|bucket| bucket.reset_at > Instant::now()) else {
            return permit.complete(None);
        };
        bucket.remaining = bucket.remaining.saturating_sub(1);
        permit.complete(Some(bucket.clone()));
    }

    /// What was told last. Only one request of a bucket is under way at a time, so it is what stands when the next one is lost.
    fn known(&self) -> MutexGuard<'_, HashMap<Endpoint, RateLimitHeaders>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() > KNOWN {
            let now = Instant::now();
            known.retain(|_, bucket| bucket.reset_at > now);
        }
        known
    }

    /// Obeys a 429: the bucket, or everything, is left alone for so long.
    pub fn refused(
        &self,
        permit: Permit,
        endpoint: &Endpoint,
        headers: &HeaderMap,
        wait: Duration,
        global: bool,
    ) {
        let until = Instant::now() + wait;
        if global {
            *self.stopped_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
            return permit.complete(told(headers));
        }
        // A refusal that names no bucket (Discord's network, a proxy) is held against the kind of call.
        let bucket = text(headers, RateLimitHeaders::BUCKET).unwrap_or(&endpoint.path).as_bytes().to_vec();
        permit.complete(Some(RateLimitHeaders { bucket, limit: 0, remaining: 0, reset_at: until }));
    }

    /// How long the bucket is still empty.
    async fn left(&self, endpoint: &Endpoint) -> Duration {
        let bucket = self.buckets.bucket(endpoint.clone()).await;
        let left = bucket.map(|bucket| bucket.reset_at.saturating_duration_since(Instant::now()));
        left.unwrap_or_default().max(UNSAID)
    }

    fn stopped_until(&self) -> Option<Instant> {
        let until = *self.stopped_until.lock().unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| *until > Instant::now())
    }
}

/// How long a 429 asks to wait: in its body, else in its header.
pub fn retry_after(body: Option<f64>, headers: &HeaderMap) -> Duration {
    let asked = body.or_else(|| text(headers, RETRY_AFTER.as_str())?.parse().ok());
    asked.map_or(UNSAID, seconds)
}

/// Seconds as a duration; nonsense becomes one second.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(UNSAID).min(LONGEST)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// What the headers say of the bucket; `None`: there is none.
fn told(headers: &HeaderMap) -> Option<RateLimitHeaders> {
    let number = |name| text(headers, name)?.parse().ok();
    let reset_after = text(headers, RateLimitHeaders::RESET_AFTER)?.parse().ok()?;
    Some(RateLimitHeaders {
        bucket: text(headers, RateLimitHeaders::BUCKET)?.as_bytes().to_vec(),
        limit: number(RateLimitHeaders::LIMIT)?,
        remaining: number(RateLimitHeaders::REMAINING)?,
        reset_at: Instant::now() + seconds(reset_after),
    })
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;
    use crate::discord::Call;

    fn edit(channel: u32, message: u32) -> Endpoint {
        Call::new(Method::PATCH, format!("/channels/{channel}/messages/{message}")).endpoint()
    }

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        of.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn empty_for(seconds: &str) -> HeaderMap {
        headers(&[
            (RateLimitHeaders::BUCKET, "b"),
            (RateLimitHeaders::LIMIT, "5"),
            (RateLimitHeaders::REMAINING, "0"),
            (RateLimitHeaders::RESET_AFTER, seconds),
        ])
    }

    #[tokio::test]
    async fn an_empty_bucket_holds_up_all_edits_of_its_channel_and_no_other() {
        let limits = Limits::new();
        limits.learn(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap(), &edit(1, 10), &empty_for("3600"));
        let wait = limits.acquire(&edit(1, 11), PATIENCE).await.unwrap_err();
        assert!((3500..=3601).contains(&wait.as_secs()), "{wait:?}");
        limits.acquire(&edit(2, 10), PATIENCE).await.unwrap().complete(None);
    }

    #[tokio::test]
    async fn a_bucket_that_is_full_again_soon_is_waited_for() {
        let limits = Limits::new();
        limits.learn(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap(), &edit(1, 10), &empty_for("0.2"));
        limits.acquire(&edit(1, 10), PATIENCE).await.unwrap().complete(None);
    }

    #[tokio::test]
    async fn who_has_less_patience_is_told_at_once() {
        let limits = Limits::new();
        limits.learn(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap(), &edit(1, 10), &empty_for("9"));
        let (asked, soon) = (Instant::now(), Duration::from_millis(500));
        assert!(limits.acquire(&edit(1, 10), soon).await.unwrap_err() > soon);
        assert!(asked.elapsed() < Duration::from_secs(5));
    }

    #[tokio::test]
    async fn a_request_without_an_answer_counts_as_one_that_discord_has_had() {
        let limits = Limits::new();
        limits.used_by_others(&edit(1, 10), 10, 2, Duration::from_mins(10)).await;
        for _ in 0..2 {
            limits.lost(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap(), &edit(1, 10));
        }
        assert!(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap_err() > Duration::from_mins(9));
    }

    #[tokio::test]
    async fn what_others_have_used_up_is_waited_for() {
        let limits = Limits::new();
        limits.used_by_others(&edit(1, 10), 10, 0, Duration::from_mins(10)).await;
        assert!(limits.acquire(&edit(1, 10), PATIENCE).await.unwrap_err() > Duration::from_mins(9));
        limits.used_by_others(&edit(2, 10), 10, 2, Duration::from_mins(10)).await;
        limits.acquire(&edit(2, 10), PATIENCE).await.unwrap().complete(None);
    }

    #[tokio::test]
    async fn a_refusal_without_a_bucket_is_held_against_the_kind_of_call() {
        let limits = Limits::new();
        let permit = limits.acquire(&edit(1, 10), PATIENCE).await.unwrap();
        limits.refused(permit, &edit(1, 10), &HeaderMap::new(), Duration::from_mins(10), false);
        assert!(limits.acquire(&edit(1, 11), PATIENCE).await.unwrap_err() > Duration::from_mins(9));
        limits.acquire(&edit(2, 10), PATIENCE).await.unwrap().complete(None);
    }

    #[tokio::test]
    async fn a_global_refusal_stops_every_kind_of_call() {
        let limits = Limits::new();
        let permit = limits.acquire(&edit(1, 10), PATIENCE).await.unwrap();
        limits.refused(permit, &edit(1, 10), &HeaderMap::new(), Duration::from_mins(10), true);
        assert!(limits.acquire(&edit(2, 10), PATIENCE).await.unwrap_err() > Duration::from_mins(9));
    }

    #[test]
    fn the_wait_is_read_from_the_body_or_the_header_and_nonsense_is_one_second() {
        let header = headers(&[("retry-after", "65")]);
        assert_eq!(retry_after(Some(1.5), &header), Duration::from_millis(1500));
        assert_eq!(retry_after(None, &header), Duration::from_secs(65));
        assert_eq!(retry_after(None, &HeaderMap::new()), UNSAID);
        assert_eq!(retry_after(Some(f64::NAN), &header), UNSAID);
        assert_eq!(retry_after(Some(1e30), &header), UNSAID);
        assert_eq!(retry_after(Some(1e9), &header), LONGEST);
    }
}
