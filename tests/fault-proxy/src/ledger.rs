//! What passed, by number, and what the API server made of it: also of requests whose replies got lost. Pure.

use std::collections::BTreeMap;

use crate::{Call, Fault};

/// A request that passed.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What was asked for.
    pub call: Call,
    /// What happened to it.
    pub fault: Option<Fault>,
    /// The API server's own answer; `None` if it never saw the request, or has not answered.
    pub code: Option<u16>,
}

/// Objects that the API server made and removed at the operator's wish, by verb and resource. A repeated create that finds its
/// object there is none: only the answer 201 is.
pub type Tally = BTreeMap<(&'static str, String), usize>;

/// All requests in the order they came.
#[derive(Debug, Default)]
pub struct Ledger {
    entries: Vec<Entry>,
    writes: usize,
}

impl Ledger {
    /// A request came; its number.
    pub fn add(&mut self, call: Call, fault: Option<Fault>) -> usize {
        self.writes += usize::from(call.writes());
        self.entries.push(Entry { call, fault, code: None });
        self.entries.len() - 1
    }

    /// The API server has answered it.
    pub fn answered(&mut self, number: usize, code: u16) {
        if let Some(entry) = self.entries.get_mut(number) {
            entry.code = Some(code);
        }
    }

    /// How many came so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Did none come?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many of them were writes.
    #[must_use]
    pub fn writes(&self) -> usize {
        self.writes
    }

    /// Those from a number on.
    #[must_use]
    pub fn since(&self, number: usize) -> Vec<Entry> {
        self.entries.get(number..).unwrap_or_default().to_vec()
    }
}

/// Counts what was made and removed.
#[must_use]
pub fn tally(entries: &[Entry]) -> Tally {
    let mut tally = Tally::new();
    for Entry { call, code, .. } in entries.iter().filter(|entry| entry.call.writes()) {
        let done = match (call.verb, code) {
            ("create" | "patch", Some(201)) => "create",
            ("delete", Some(200 | 202)) => "delete",
            _ => continue,
        };
        *tally.entry((done, call.resource.clone())).or_default() += 1;
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_api_server_has_made_or_removed_is_counted() {
        let mut ledger = Ledger::default();
        let mut add = |verb, resource: &str, code| {
            let number = ledger.add(Call { verb, resource: resource.into(), name: None }, None);
            ledger.answered(number, code);
        };
        add("patch", "services", 201);
        add("patch", "services", 409);
        add("patch", "services", 200);
        add("create", "leases", 201);
        add("delete", "services", 200);
        add("delete", "services", 404);
        ledger.add(Call { verb: "create", resource: "events".into(), name: None }, Some(Fault::Reset));
        let wanted = [(("create", "services".into()), 1), (("delete", "services".into()), 1)];
        assert_eq!(tally(&ledger.since(0)), wanted.into());
    }
}
