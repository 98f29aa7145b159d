//! What a pod does about a shard that is not its own: takes it, asks the owner to hand it over, or waits. Pure.

use stockbot_store::LeaseView;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is free for this pod.
    Take,
    /// Ask the owner to hand it over.
    Ask,
    /// Asked, and the owner still has time; or being handed over to this pod.
    Expect,
    /// Somebody else's.
    Wait,
}

/// What a pod remembers of a shard that it does not own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    looked: bool,
    /// The epoch whose owner this pod replaces.
    replaces: Option<i64>,
}

impl Claim {
    /// Of a pod that has owned the shard: it is the older one now, and never asks for it back.
    pub fn given_up() -> Self {
        Self { looked: true, replaces: None }
    }

    /// Judges the lease as it was just seen; `None`: nobody ever owned the shard.
    ///
    /// Only the owner that a pod finds when it starts is asked, as long as it stays the owner: two rollouts that asked for ever
    /// would take the shard from each other, and a hot standby never asks its equal.
    pub fn judge(&mut self, lease: Option<&LeaseView>, pod: &str) -> Step {
        let first = !std::mem::replace(&mut self.looked, true);
        let Some(lease) = lease else { return Step::Take };
        let expected = lease.wanted_by.as_deref();
        if lease.owner == pod || lease.over && expected.is_none_or(|expected| expected == pod) {
            return Step::Take;
        }
        if first && is_of_another_rollout(&lease.owner, pod) {
            self.replaces = Some(lease.epoch);
        }
        match expected {
            Some(expected) if expected == pod => Step::Expect,
            None if self.replaces == Some(lease.epoch) => Step::Ask,
            _ => Step::Wait,
        }
    }
}

/// Pods of one `ReplicaSet` share their name up to the last dash.
fn is_of_another_rollout(owner: &str, pod: &str) -> bool {
    let replica_set = |name: &str| name.rsplit_once('-').map(|(set, _)| set.to_owned());
    replica_set(owner) != replica_set(pod)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "growshop-5d4f-abcde";
    const OLD_STANDBY: &str = "growshop-5d4f-xyz12";
    const NEW: &str = "growshop-77aa-xyz12";

    fn lease(owner: &str, epoch: i64, wanted_by: Option<&str>) -> LeaseView {
        let (owner, wanted_by) = (owner.to_owned(), wanted_by.map(str::to_owned));
        LeaseView { shard: 0, over: owner.is_empty(), owner, epoch, renewed: false, wanted_by }
    }

    #[test]
    fn a_free_shard_is_taken_and_an_equal_is_never_asked() {
        let mut claim = Claim::default();
        assert_eq!(claim.judge(None, NEW), Step::Take);
        assert_eq!(claim.judge(Some(&lease("", 1, None)), NEW), Step::Take);
        assert_eq!(
            Claim::default().judge(Some(&lease(OLD, 1, None)), OLD),
            Step::Take,
            "a restarted process"
        );
        assert_eq!(Claim::default().judge(Some(&lease(OLD, 1, None)), OLD_STANDBY), Step::Wait);
    }

    #[test]
    fn the_owner_found_at_the_start_is_asked_again_until_another_has_the_shard() {
        let mut claim = Claim::default();
        assert_eq!(claim.judge(Some(&lease(OLD, 1, None)), NEW), Step::Ask);
        assert_eq!(claim.judge(Some(&lease(OLD, 1, Some(NEW))), NEW), Step::Expect);
        assert_eq!(claim.judge(Some(&lease(OLD, 1, None)), NEW), Step::Ask, "the time is over");
        assert_eq!(claim.judge(Some(&lease("growshop-99cc-abcde", 2, None)), NEW), Step::Wait);
    }

    #[test]
    fn a_shard_that_is_handed_over_is_left_to_the_one_who_asked() {
        let handed_over = lease("", 1, Some(NEW));
        assert_eq!(Claim::default().judge(Some(&handed_over), OLD_STANDBY), Step::Wait);
        assert_eq!(Claim::given_up().judge(Some(&handed_over), OLD), Step::Wait);
        assert_eq!(Claim::default().judge(Some(&handed_over), NEW), Step::Take);
        assert_eq!(
            Claim::default().judge(Some(&lease("", 1, None)), OLD_STANDBY),
            Step::Take,
            "it never came"
        );
    }

    #[test]
    fn who_has_owned_the_shard_never_asks_for_it_back() {
        let mut claim = Claim::given_up();
        for _ in 0..2 {
            assert_eq!(claim.judge(Some(&lease(NEW, 2, None)), OLD), Step::Wait);
        }
    }
}
