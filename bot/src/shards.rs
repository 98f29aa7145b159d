//! Which shards this pod owns and how each fares, and what that makes of the pod. Pure.

use std::collections::BTreeMap;

use stockbot_config::status::GatewayState;

/// The shards of this pod.
#[derive(Clone, Debug, Default)]
pub struct Shards(BTreeMap<u32, GatewayState>);

impl Shards {
    /// Notes how an owned shard fares.
    pub fn set(&mut self, shard: u32, state: GatewayState) {
        self.0.insert(shard, state);
    }

    /// The shard is this pod's no more.
    pub fn remove(&mut self, shard: u32) {
        self.0.remove(&shard);
    }

    /// Those with a live session.
    #[must_use]
    pub fn connected(&self) -> i32 {
        let live = self.0.values().filter(|state| **state == GatewayState::Connected).count();
        i32::try_from(live).unwrap_or(i32::MAX)
    }

    /// The state of the pod: the worst of its shards; without any it stands by.
    #[must_use]
    pub fn state(&self) -> GatewayState {
        if self.0.is_empty() {
            return GatewayState::Standby;
        }
        let worst = [GatewayState::WaitingForBudget, GatewayState::Disconnected, GatewayState::Resuming];
        worst
            .into_iter()
            .find(|bad| self.0.values().any(|state| state == bad))
            .unwrap_or(GatewayState::Connected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GatewayState::{Connected, Disconnected, Resuming, Standby, WaitingForBudget};

    #[test]
    fn a_pod_is_connected_when_all_its_shards_are() {
        let cases: [(&[GatewayState], GatewayState, i32); 6] = [
            (&[], Standby, 0),
            (&[Connected], Connected, 1),
            (&[Connected, Connected, Connected], Connected, 3),
            (&[Connected, Resuming], Resuming, 1),
            (&[Resuming, Disconnected, Connected], Disconnected, 1),
            (&[Disconnected, WaitingForBudget], WaitingForBudget, 0),
        ];
        for (states, state, connected) in cases {
            let mut shards = Shards::default();
            for (shard, state) in (0..).zip(states) {
                shards.set(shard, *state);
            }
            assert_eq!((shards.state(), shards.connected()), (state, connected), "{states:?}");
        }
    }

    #[test]
    fn a_shard_that_went_elsewhere_counts_no_more() {
        let mut shards = Shards::default();
        shards.set(0, Connected);
        shards.set(1, Disconnected);
        shards.remove(1);
        assert_eq!((shards.state(), shards.connected()), (Connected, 1));
    }
}
