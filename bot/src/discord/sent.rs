//! A request that is under way, as the rate limits see it: whoever stops waiting for its answer, it may have arrived.

use reqwest::header::HeaderMap;
use twilight_http_ratelimiting::{Endpoint, Permit};

use super::{answer::Answer, limits::Limits};

/// A request under way. Dropped without an answer it counts as one that Discord has had.
pub struct Sent<'a> {
    limits: &'a Limits,
    endpoint: Endpoint,
    /// Calls with an interaction's token need none.
    permit: Option<Permit>,
}

impl<'a> Sent<'a> {
    /// It is sent now.
    pub fn new(limits: &'a Limits, endpoint: Endpoint, permit: Option<Permit>) -> Self {
        Self { limits, endpoint, permit }
    }

    /// The answer came, or at least its headers.
    pub fn answered(mut self, headers: &HeaderMap, answer: Option<&Answer>) {
        let Some(permit) = self.permit.take() else { return };
        if let Some(Answer::Limited { error, global }) = answer {
            let wait = error.retry_after().unwrap_or_default();
            return self.limits.refused(permit, &self.endpoint, headers, wait, *global);
        }
        self.limits.learn(permit, &self.endpoint, headers);
    }

    /// There was no connection: Discord has not had it.
    pub fn never_left(mut self) {
        self.permit = None;
    }
}

impl Drop for Sent<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.limits.lost(permit, &self.endpoint);
        }
    }
}
