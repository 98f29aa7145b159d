//! Which request, or which event of a watch, meets the fault. Pure: it is told what passes, and answers.

use crate::{Call, Fault};

/// The request that meets the fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// The write of this number, from 1.
    Write(usize),
    /// The first request with this verb for this resource; for the faults of watches, the first event.
    First(&'static str, String),
}

impl When {
    /// Does that fault strike what a watch brings, not the request?
    #[must_use]
    pub fn is_event(&self, fault: Fault) -> bool {
        let of_events = [Fault::WatchCut, Fault::EventDropped, Fault::HalfBody, Fault::Silence];
        matches!(self, Self::First("watch", _)) && of_events.contains(&fault)
    }
}

/// At most one fault, and whether it has happened.
#[derive(Debug, Default)]
pub struct Plan {
    trap: Option<(When, Fault)>,
    writes: usize,
}

impl Plan {
    /// A fault that happens once.
    #[must_use]
    pub fn at(when: When, fault: Fault) -> Self {
        Self { trap: Some((when, fault)), writes: 0 }
    }

    /// Is a fault still to come?
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.trap.is_some()
    }

    /// A request passes: the fault that it meets.
    pub fn request(&mut self, call: &Call) -> Option<Fault> {
        self.writes += usize::from(call.writes());
        let (when, fault) = self.trap.as_ref()?;
        let meets = match when {
            When::Write(number) => call.writes() && self.writes == *number,
            When::First(verb, resource) => is(call, verb, resource) && !when.is_event(*fault),
        };
        meets.then(|| self.trap.take())?.map(|(_, fault)| fault)
    }

    /// An event of that watch passes: the fault that it meets.
    pub fn event(&mut self, watch: &Call) -> Option<Fault> {
        let (when, fault) = self.trap.as_ref()?;
        let When::First(verb, resource) = when else { return None };
        let meets = is(watch, verb, resource) && when.is_event(*fault);
        meets.then(|| self.trap.take())?.map(|(_, fault)| fault)
    }
}

fn is(call: &Call, verb: &str, resource: &str) -> bool {
    call.verb == verb && call.resource == resource
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(verb: &'static str, resource: &str) -> Call {
        Call { verb, resource: resource.into(), name: None }
    }

    #[test]
    fn writes_are_counted_and_one_meets_the_fault_once() {
        let mut plan = Plan::at(When::Write(2), Fault::LostReply);
        assert_eq!(plan.request(&call("patch", "services")), None);
        assert_eq!(plan.request(&call("get", "services")), None, "reads are not counted");
        assert_eq!(plan.request(&call("update", "leases")), None, "nor is the Lease");
        assert!(plan.is_set());
        assert_eq!(plan.request(&call("patch", "deployments")), Some(Fault::LostReply));
        assert!(!plan.is_set());
        assert_eq!(plan.request(&call("patch", "deployments")), None);
    }

    #[test]
    fn the_first_request_of_a_kind_is_found() {
        let mut plan = Plan::at(When::First("list", "pods".into()), Fault::Refuse(503));
        assert_eq!(plan.request(&call("watch", "pods")), None);
        assert_eq!(plan.request(&call("list", "services")), None);
        assert_eq!(plan.request(&call("list", "pods")), Some(Fault::Refuse(503)));
    }

    #[test]
    fn faults_of_events_leave_the_opening_of_the_watch_alone() {
        let pods = call("watch", "pods");
        for fault in [Fault::WatchCut, Fault::EventDropped, Fault::HalfBody, Fault::Silence] {
            let mut plan = Plan::at(When::First("watch", "pods".into()), fault);
            assert_eq!(plan.request(&pods), None);
            assert_eq!(plan.event(&call("watch", "services")), None);
            assert_eq!(plan.event(&pods), Some(fault));
            assert_eq!(plan.event(&pods), None);
        }
        let mut plan = Plan::at(When::First("watch", "pods".into()), Fault::Refuse(410));
        assert_eq!(plan.event(&pods), None);
        assert_eq!(plan.request(&pods), Some(Fault::Refuse(410)));
    }
}
