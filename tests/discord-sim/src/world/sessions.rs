//! All gateway sessions, by application, and the bounds on what they may keep in memory.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::session::Session;
use crate::id::Id;

/// Memory for the replay buffers of all sessions together.
const BUFFERS: usize = 24 << 20;
/// Sessions without a connection that are kept at most.
const DETACHED: usize = 10_000;

/// The sessions.
#[derive(Debug, Default)]
pub struct Sessions {
    by_application: HashMap<Id, BTreeMap<String, Session>>,
}

/// What had to be forgotten to stay within the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// Dispatches that can no longer be replayed.
    pub dispatches: usize,
    /// Sessions that can no longer be resumed.
    pub sessions: usize,
}

impl Sessions {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.by_application.values().flat_map(BTreeMap::values)
    }

    /// Those of an application.
    pub fn of(&self, application: Id) -> impl Iterator<Item = &Session> {
        self.by_application.get(&application).into_iter().flat_map(BTreeMap::values)
    }

    /// The same, to change them.
    pub fn of_mut(&mut self, application: Id) -> impl Iterator<Item = &mut Session> {
        self.by_application.get_mut(&application).into_iter().flat_map(BTreeMap::values_mut)
    }

    /// One of an application.
    #[must_use]
    pub fn get(&self, application: Id, id: &str) -> Option<&Session> {
        self.by_application.get(&application)?.get(id)
    }

    /// The same, to change it.
    pub fn get_mut(&mut self, application: Id, id: &str) -> Option<&mut Session> {
        self.by_application.get_mut(&application)?.get_mut(id)
    }

    /// The application of a session known by its id alone.
    #[must_use]
    pub fn owner(&self, id: &str) -> Option<Id> {
        self.by_application.iter().find(|(_, sessions)| sessions.contains_key(id)).map(|(owner, _)| *owner)
    }

    /// Takes in a new one.
    pub fn insert(&mut self, session: Session) {
        self.by_application.entry(session.application).or_default().insert(session.id.clone(), session);
    }

    /// Takes one out.
    pub fn remove(&mut self, application: Id, id: &str) -> Option<Session> {
        let sessions = self.by_application.get_mut(&application)?;
        let removed = sessions.remove(id);
        if sessions.is_empty() {
            self.by_application.remove(&application);
        }
        removed
    }

    /// Keeps those that fit.
    pub fn retain(&mut self, keep: impl Fn(&Session) -> bool) {
        for sessions in self.by_application.values_mut() {
            sessions.retain(|_, session| keep(session));
        }
        self.by_application.retain(|_, sessions| !sessions.is_empty());
    }

    /// Forgets sessions whose connection has been gone for longer than they live.
    pub fn forget_dead(&mut self, life: Duration) {
        self.retain(|session| session.detached.is_none_or(|since| since.elapsed() <= life));
    }

    /// Brings memory back within its bounds: the longest detached sessions go, and the oldest dispatches of the
    /// sessions that hold most.
    pub fn tidy(&mut self) -> Lost {
        self.tidy_to(DETACHED, BUFFERS)
    }

    fn tidy_to(&mut self, detached: usize, buffers: usize) -> Lost {
        let mut lost = Lost { sessions: self.drop_detached(detached), dispatches: 0 };
        let mut bytes: usize = self.all().map(Session::bytes).sum();
        while bytes > buffers {
            let everyone = self.by_application.values_mut().flat_map(BTreeMap::values_mut);
            let Some(largest) = everyone.max_by_key(|session| session.bytes()) else { break };
            let before = largest.bytes();
            // Half at once, so that this is seldom needed.
            lost.dispatches += largest.shrink(before / 2);
            bytes -= before - largest.bytes();
        }
        lost
    }

    fn drop_detached(&mut self, most: usize) -> usize {
        let mut gone: Vec<_> = self.all().filter_map(|session| session.detached).collect();
        if gone.len() <= most {
            return 0;
        }
        gone.sort_unstable();
        let (excess, last) = (gone.len() - most, gone[gone.len() - most - 1]);
        self.retain(|session| session.detached.is_none_or(|since| since > last));
        excess
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Instant;

    use tokio::sync::{Notify, mpsc};

    use super::*;
    use crate::world::base::Base;
    use crate::world::session::Link;

    fn session(application: u64, id: &str) -> Session {
        let link = Link { number: 0, wake: Arc::new(Notify::new()), orders: mpsc::channel(1).0 };
        Session::new(id.into(), Id(application), (0, 1), 0, Base::new(None), link)
    }

    fn fill(session: &mut Session, dispatches: usize) {
        let data: Arc<str> = "x".repeat(1000).into();
        (0..dispatches).for_each(|_| session.push("MESSAGE_CREATE", &data, 1));
    }

    #[test]
    fn replay_buffers_are_bounded_together_and_the_largest_gives_way() {
        let mut sessions = Sessions::default();
        let (mut small, mut large) = (session(1, "small"), session(2, "large"));
        fill(&mut small, 10);
        fill(&mut large, 1000);
        sessions.insert(small);
        sessions.insert(large);
        let lost = sessions.tidy_to(10, 200_000);
        assert!(lost.dispatches > 800 && lost.sessions == 0, "{lost:?}");
        assert!(sessions.all().map(Session::bytes).sum::<usize>() <= 200_000);
        assert!(sessions.get(Id(1), "small").unwrap().reaches_back_to(0));
        assert!(!sessions.get(Id(2), "large").unwrap().reaches_back_to(0), "a resume from there has a gap");
        assert_eq!(sessions.tidy_to(10, 200_000), Lost::default());
    }

    #[test]
    fn a_dispatch_that_sessions_share_is_counted_once() {
        let (mut alone, mut shared) = (session(1, "alone"), session(1, "shared"));
        let data: Arc<str> = "x".repeat(10_000).into();
        alone.push("MESSAGE_CREATE", &data, 1);
        shared.push("MESSAGE_CREATE", &data, 100);
        assert!(alone.bytes() > 10_000 && shared.bytes() < 300);
    }

    #[test]
    fn the_longest_detached_sessions_go_first() {
        let mut sessions = Sessions::default();
        let start = Instant::now();
        for number in 0..5 {
            let mut session = session(number, &number.to_string());
            session.detached = (number > 0).then(|| start + Duration::from_secs(number));
            sessions.insert(session);
        }
        assert_eq!(sessions.tidy_to(2, usize::MAX).sessions, 2);
        let mut left: Vec<_> = sessions.all().map(|session| session.application.0).collect();
        left.sort_unstable();
        assert_eq!(left, [0, 3, 4], "and those with a connection stay");
    }
}
