//! Which things memory keeps, when they may take only so many bytes: those that nobody touched for longest go first.
//!
//! Only decides; it knows the sizes and the order, not the things.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::id::Id;

/// The book of what is kept.
#[derive(Debug)]
pub struct Keeping {
    kept: HashMap<Id, Kept>,
    /// Ids by when they were last touched.
    order: BTreeMap<u64, Id>,
    turn: u64,
    bytes: usize,
    limit: usize,
}

#[derive(Debug)]
struct Kept {
    turn: u64,
    bytes: usize,
}

impl Keeping {
    /// An empty book for so many bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { kept: HashMap::new(), order: BTreeMap::new(), turn: 0, bytes: 0, limit }
    }

    /// Notes a thing and its size, new or changed, and touches it. Memory may be full then: see [`Self::overflow`].
    pub fn put(&mut self, id: Id, bytes: usize) {
        self.remove(id);
        self.turn += 1;
        self.kept.insert(id, Kept { turn: self.turn, bytes });
        self.order.insert(self.turn, id);
        self.bytes += bytes;
    }

    /// Somebody used it.
    pub fn touch(&mut self, id: Id) {
        if let Some(kept) = self.kept.get(&id) {
            self.put(id, kept.bytes);
        }
    }

    /// It is gone.
    pub fn remove(&mut self, id: Id) {
        if let Some(kept) = self.kept.remove(&id) {
            self.order.remove(&kept.turn);
            self.bytes -= kept.bytes;
        }
    }

    /// Takes out one thing that has to go for memory to suffice, but never the last; to be called until none has to.
    pub fn overflow(&mut self) -> Option<Id> {
        if self.bytes <= self.limit || self.order.len() <= 1 {
            return None;
        }
        let (_, oldest) = self.order.pop_first()?;
        if let Some(kept) = self.kept.remove(&oldest) {
            self.bytes -= kept.bytes;
        }
        Some(oldest)
    }
}

/// About how much memory a JSON value takes beside itself.
#[must_use]
pub fn weight(value: &Value) -> usize {
    /// What a list or an object takes for each of its parts.
    const PART: usize = size_of::<Value>();
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(|part| PART + weight(part)).sum(),
        // A key, its place in the tree, and trees are never full.
        Value::Object(object) => object
            .iter()
            .map(|(key, part)| 2 * PART + 2 * size_of::<String>() + key.len() + weight(part))
            .sum(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_touched_for_longest_goes_first() {
        let mut keeping = Keeping::new(100);
        for id in 1..=4 {
            keeping.put(Id(id), 25);
        }
        keeping.touch(Id(1));
        keeping.put(Id(5), 25);
        assert_eq!((keeping.overflow(), keeping.overflow()), (Some(Id(2)), None));
        keeping.put(Id(3), 50);
        assert_eq!((keeping.overflow(), keeping.overflow()), (Some(Id(4)), None));
        keeping.remove(Id(1));
        keeping.put(Id(6), 1000);
        assert_eq!(keeping.overflow(), Some(Id(5)));
        assert_eq!(keeping.overflow(), Some(Id(3)));
        assert_eq!(keeping.overflow(), None, "the last one stays, however large");
    }

    #[test]
    fn a_value_weighs_more_than_its_text() {
        let value = serde_json::json!({ "a": [1, "two", { "three": null }], "b": "x".repeat(1000) });
        assert!(weight(&value) > value.to_string().len());
        assert!(weight(&value) < 3 * value.to_string().len());
    }
}
