//! Waits before a request that Discord would refuse: per route as its headers say, and 50 a second over all.
//!
//! A route's key is its method and path template with the top-level id, which is as fine as Discord's own buckets
//! or finer. Calls with an interaction's token do not come here: each has a bucket of its own and they are outside the
//! global limit (discord.md), so nothing may hold them up.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use reqwest::header::HeaderMap;

/// Discord's global limit: 50 requests a second and bot; a few are left for other programs with the same token.
const GLOBAL_PER_SECOND: u32 = 45;
/// Routes remembered at once; beyond it, those whose window is over are forgotten.
const REMEMBERED_ROUTES: usize = 4096;

#[derive(Clone, Copy)]
struct Window {
    remaining: u32,
    resets: Instant,
}

#[derive(Default)]
struct State {
    routes: HashMap<String, Window>,
    global: Option<Window>,
    /// A 429 with `global: true` stops everything until then.
    stopped_until: Option<Instant>,
}

/// The limiter of one token.
#[derive(Default)]
pub struct RateLimiter(Mutex<State>);

impl RateLimiter {
    /// Waits until a request of this route may be sent, and counts it.
    pub async fn acquire(&self, route: &str) {
        while let Some(wait) = self.try_acquire(route, Instant::now()) {
            tokio::time::sleep(wait).await;
        }
    }

    fn try_acquire(&self, route: &str, now: Instant) -> Option<Duration> {
        let mut state = self.lock();
        if let Some(until) = state.stopped_until.filter(|until| *until > now) {
            return Some(until - now);
        }
        if let Some(window) = state.routes.get_mut(route).filter(|window| window.resets > now) {
            if window.remaining == 0 {
                return Some(window.resets - now);
            }
            window.remaining -= 1;
        }
        let fresh = Window { remaining: GLOBAL_PER_SECOND, resets: now + Duration::from_secs(1) };
        let window = state.global.get_or_insert(fresh);
        if window.resets <= now {
            *window = fresh;
        }
        if window.remaining == 0 {
            return Some(window.resets - now);
        }
        window.remaining -= 1;
        None
    }

    /// Learns from the headers of an answer.
    pub fn learn(&self, route: &str, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.parse::<f64>().ok();
        let (Some(remaining), Some(reset_after)) =
            (number("x-ratelimit-remaining"), number("x-ratelimit-reset-after"))
        else {
            return;
        };
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count; a cast saturates"
        )]
        let remaining = remaining as u32;
        let now = Instant::now();
        let resets = now + seconds(reset_after);
        let mut state = self.lock();
        if state.routes.len() >= REMEMBERED_ROUTES {
            state.routes.retain(|_, window| window.resets > now);
        }
        // Requests in flight at the same time answer out of order: the smallest count of a window is the newest.
        let known =
            state.routes.get(route).filter(|window| window.resets > now && window.remaining < remaining);
        if known.is_none() {
            state.routes.insert(route.to_owned(), Window { remaining, resets });
        }
    }

    /// Obeys a 429.
    pub fn refused(&self, route: &str, retry_after: Duration, global: bool) {
        let until = Instant::now() + retry_after;
        let mut state = self.lock();
        if global {
            state.stopped_until = Some(until);
        } else {
            state.routes.insert(route.to_owned(), Window { remaining: 0, resets: until });
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// A header's seconds as a duration; nonsense becomes one second.
pub fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::from_secs(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(remaining: &str, reset_after: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-ratelimit-remaining", remaining.parse().unwrap());
        headers.insert("x-ratelimit-reset-after", reset_after.parse().unwrap());
        headers
    }

    #[test]
    fn an_empty_bucket_waits_for_its_reset_and_holds_up_no_other() {
        let limiter = RateLimiter::default();
        limiter.learn("PATCH a", &headers("0", "1.5"));
        let wait = limiter.try_acquire("PATCH a", Instant::now()).unwrap();
        assert!(wait > Duration::from_secs(1) && wait <= Duration::from_millis(1500));
        assert_eq!(limiter.try_acquire("PATCH b", Instant::now()), None);
        assert_eq!(limiter.try_acquire("PATCH a", Instant::now() + Duration::from_secs(2)), None);
    }

    #[test]
    fn a_late_answer_does_not_give_back_what_was_used() {
        let limiter = RateLimiter::default();
        limiter.learn("POST a", &headers("0", "5"));
        limiter.learn("POST a", &headers("1", "5"));
        assert!(limiter.try_acquire("POST a", Instant::now()).is_some());
    }

    #[test]
    fn all_routes_share_the_global_budget_of_a_second() {
        let limiter = RateLimiter::default();
        let now = Instant::now();
        for route in 0..GLOBAL_PER_SECOND {
            assert_eq!(limiter.try_acquire(&format!("GET {route}"), now), None);
        }
        assert!(limiter.try_acquire("GET x", now).is_some());
        assert_eq!(limiter.try_acquire("GET x", now + Duration::from_secs(1)), None);
    }

    #[test]
    fn a_global_refusal_stops_every_route() {
        let limiter = RateLimiter::default();
        limiter.refused("GET x", Duration::from_secs(3), true);
        assert!(limiter.try_acquire("GET y", Instant::now()).is_some());
    }
}
