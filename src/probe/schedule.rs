//! Whose turn it is to be probed: the pod that was asked longest ago first, none twice at once. So pods that do not answer
//! cost only their own slots. Must not: ask anybody.

use std::{collections::HashMap, time::Duration};

use tokio::time::Instant;

use crate::cluster::cache::Key;

/// When each pod was asked last.
#[derive(Debug, Default)]
pub struct Schedule(HashMap<Key, Turn>);

#[derive(Debug, Default)]
struct Turn {
    /// When its last probe began.
    last: Option<Instant>,
    under_way: bool,
    /// It was named by the newest look.
    seen: bool,
}

impl Schedule {
    /// Places, among the pods named with their periods, of those that are due, the one that waits longest first. Forgets
    /// the pods that are not named any more.
    pub fn due<'a>(&mut self, pods: impl Iterator<Item = (&'a Key, Duration)>, now: Instant) -> Vec<usize> {
        let mut due = Vec::new();
        for (at, (pod, period)) in pods.enumerate() {
            let turn = match self.0.get_mut(pod) {
                Some(turn) => turn,
                None => self.0.entry(pod.clone()).or_default(),
            };
            turn.seen = true;
            if !turn.under_way && turn.last.is_none_or(|last| now.duration_since(last) >= period) {
                due.push((turn.last, at));
            }
        }
        self.0.retain(|_, turn| std::mem::take(&mut turn.seen));
        // Never asked comes before every time.
        due.sort_unstable();
        due.into_iter().map(|(_, at)| at).collect()
    }

    /// A probe of the pod begins.
    pub fn begun(&mut self, pod: &Key, now: Instant) {
        let turn = self.0.entry(pod.clone()).or_default();
        (turn.last, turn.under_way) = (Some(now), true);
    }

    /// A probe of the pod has ended.
    pub fn ended(&mut self, pod: &Key) {
        if let Some(turn) = self.0.get_mut(pod) {
            turn.under_way = false;
        }
    }

    /// Was the pod named by the newest look?
    pub fn knows(&self, pod: &Key) -> bool {
        self.0.contains_key(pod)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_secs(1);

    fn pods(names: &[&str]) -> Vec<Key> {
        names.iter().map(|name| Key::new("shops", *name)).collect()
    }

    fn due(schedule: &mut Schedule, pods: &[Key], now: Instant) -> Vec<usize> {
        schedule.due(pods.iter().map(|pod| (pod, PERIOD)), now)
    }

    #[test]
    fn a_pod_is_asked_once_a_period_and_never_twice_at_once() {
        let (mut schedule, pods, now) = (Schedule::default(), pods(&["a"]), Instant::now());
        assert_eq!(due(&mut schedule, &pods, now), [0]);
        schedule.begun(&pods[0], now);
        assert!(due(&mut schedule, &pods, now + 5 * PERIOD).is_empty(), "it is being asked");
        schedule.ended(&pods[0]);
        assert!(due(&mut schedule, &pods, now + PERIOD / 2).is_empty());
        assert_eq!(due(&mut schedule, &pods, now + PERIOD), [0]);
    }

    #[test]
    fn with_too_few_slots_every_pod_gets_its_turn() {
        // Ten pods that never answer take both slots whenever they may; the last pod is asked all the same.
        let names: Vec<_> = (0..11).map(|number| format!("pod-{number}")).collect();
        let pods: Vec<_> = names.iter().map(|name| Key::new("shops", name)).collect();
        let (mut schedule, begun) = (Schedule::default(), Instant::now());
        let mut asked = vec![0; pods.len()];
        for second in 0..22 {
            let now = begun + second * PERIOD;
            for at in due(&mut schedule, &pods, now).into_iter().take(2) {
                schedule.begun(&pods[at], now);
                schedule.ended(&pods[at]);
                asked[at] += 1;
            }
        }
        assert!(asked.iter().all(|times| *times >= 3), "four turns each, give or take one: {asked:?}");
    }

    #[test]
    fn a_pod_that_is_gone_is_forgotten() {
        let (mut schedule, pods, now) = (Schedule::default(), pods(&["a", "b"]), Instant::now());
        schedule.begun(&pods[1], now);
        due(&mut schedule, &pods[..1], now);
        assert!(schedule.knows(&pods[0]) && !schedule.knows(&pods[1]));
        schedule.ended(&pods[1]);
    }
}
