//! REST faults set by the control API: which requests they hit and what they do to them.
//!
//! Only decides; the REST pipeline carries out. The same seed and the same requests give the same faults.

use std::collections::BTreeMap;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::rest::version::without;

/// Faults that can be set at a time; each request is held against all of them.
const MOST: usize = 1000;
/// The longest path pattern.
const PATTERN: usize = 500;

/// Which requests a fault hits. A field that is missing matches everything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The HTTP method.
    pub method: Option<String>,
    /// The path with or without `/api/v10` or `/api/v9`; `*` stands for any text, `{name}` for one part.
    pub path: Option<String>,
    /// The bot token of the request, or the application's id.
    pub token: Option<String>,
}

/// What a fault does.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each names one independent effect of the control API")]
pub struct Effect {
    /// Answer with this status instead of doing the work.
    pub status: Option<u16>,
    /// Discord's error code in the body.
    pub code: Option<u64>,
    /// With a 429: seconds to wait, 1 if missing.
    pub retry_after: Option<f64>,
    /// Answer as what stands in front of Discord does: with a page, without `Via`.
    #[serde(default)]
    pub cloudflare: bool,
    /// With a 429: whether it is the global limit.
    #[serde(default)]
    pub global: bool,
    /// Wait before anything else.
    #[serde(default, deserialize_with = "crate::time::text::option::deserialize")]
    pub delay: Option<Duration>,
    /// Cut the connection instead of doing the work.
    #[serde(default)]
    pub reset: bool,
    /// Do the work, announce the whole answer, send half of it.
    #[serde(default)]
    pub half_body: bool,
    /// Do the work and cut the connection instead of answering.
    #[serde(default)]
    pub drop_reply: bool,
}

/// A fault as the control API takes it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub matches: Match,
    /// What happens to them.
    pub effect: Effect,
    /// 0 to 1; 1 if missing.
    pub probability: Option<f64>,
    /// How often, before it is over; for ever if missing.
    pub times: Option<u64>,
    /// The object as it was given, for listing.
    #[serde(skip)]
    pub source: Value,
}

/// The faults that are set.
pub struct Faults {
    list: BTreeMap<u64, (Fault, u64)>,
    next: u64,
    seed: u64,
    rng: StdRng,
}

impl Faults {
    /// None; `seed` decides about probabilities.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { list: BTreeMap::new(), next: 1, seed, rng: StdRng::seed_from_u64(seed) }
    }

    /// Forgets all.
    pub fn reset(&mut self) {
        *self = Self::new(self.seed);
    }

    /// Sets one and returns its number; nothing when there are too many.
    pub fn add(&mut self, fault: Fault) -> Option<u64> {
        if self.list.len() >= MOST {
            return None;
        }
        let number = self.next;
        self.next += 1;
        self.list.insert(number, (fault, 0));
        Some(number)
    }

    /// Takes one away; false if there is none of that number.
    pub fn remove(&mut self, number: u64) -> bool {
        self.list.remove(&number).is_some()
    }

    /// Takes all away.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// All, with how often each has hit.
    #[must_use]
    pub fn list(&self) -> Value {
        self.list.iter().map(|(number, (fault, hits))| entry(*number, fault, *hits)).collect()
    }

    /// The effect of the first fault that hits this request, and its number.
    pub fn hit(&mut self, method: &str, path: &str, token: &[&str]) -> Option<(u64, Effect)> {
        let rng = &mut self.rng;
        let (number, (fault, hits)) = self.list.iter_mut().find(|(_, (fault, hits))| {
            fault.times.is_none_or(|times| *hits < times)
                && fault.matches.hits(method, path, token)
                && fault.probability.is_none_or(|chance| rng.random::<f64>() < chance)
        })?;
        *hits += 1;
        Some((*number, fault.effect.clone()))
    }
}

impl Fault {
    /// What cannot be done, and how to ask for it instead.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.probability.is_some_and(|chance| !(0.0..=1.0).contains(&chance)) {
            return Err("probability is between 0 and 1");
        }
        if self.effect.status.is_some_and(|status| !(200..600).contains(&status)) {
            return Err("status is between 200 and 599");
        }
        if self.matches.path.as_ref().is_some_and(|path| path.len() > PATTERN) {
            return Err("a path pattern has at most 500 bytes");
        }
        Ok(())
    }
}

fn entry(number: u64, fault: &Fault, hits: u64) -> Value {
    let mut object = fault.source.clone();
    object["id"] = json!(number);
    object["hits"] = json!(hits);
    object
}

impl Match {
    fn hits(&self, method: &str, path: &str, tokens: &[&str]) -> bool {
        let short = without(path);
        self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.path.as_ref().is_none_or(|wanted| like(wanted, path) || like(wanted, short))
            && self.token.as_ref().is_none_or(|wanted| tokens.contains(&wanted.trim_start_matches("Bot ")))
    }
}

/// Whether a path is like a pattern of literal text, `*` (anything) and `{name}` (one part).
#[must_use]
pub fn like(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern, path);
    // Where to go on when the last `*` turns out to have stood for too little.
    let mut again: Option<(&str, &str)> = None;
    loop {
        if let Some(rest) = pattern.strip_prefix('*') {
            again = Some((rest, path));
            pattern = rest;
        } else if pattern.is_empty() && path.is_empty() {
            return true;
        } else if let Some(rest) = step(pattern, path) {
            (pattern, path) = rest;
        } else {
            let Some((after, from)) = again else { return false };
            let mut longer = from.chars();
            if longer.next().is_none() {
                return false;
            }
            (pattern, path) = (after, longer.as_str());
            again = Some((pattern, path));
        }
    }
}

/// What is left when the pattern's first character, or its `{name}`, has been found at the path's start.
fn step<'a>(pattern: &'a str, path: &'a str) -> Option<(&'a str, &'a str)> {
    if let Some((_, rest)) = pattern.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
        let end = path.find('/').unwrap_or(path.len());
        return (end > 0).then(|| (rest, &path[end..]));
    }
    let wanted = pattern.chars().next()?;
    Some((&pattern[wanted.len_utf8()..], path.strip_prefix(wanted)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_with_stars_and_named_parts() {
        assert!(like("/channels/{c}/messages", "/channels/12/messages"));
        assert!(like("/channels/*", "/channels/12/messages"));
        assert!(like("*", ""));
        assert!(!like("/channels/{c}", "/channels/12/messages"));
        assert!(!like("/channels/{c}", "/channels/"));
        assert!(like("*/messages/{m}", "/channels/1/messages/2"));
        assert!(!like("*/messages/{m}", "/channels/1/messages/2/x"));
        // Many stars and long paths neither take for ever nor fill the stack.
        let long = "a".repeat(60_000);
        assert!(!like("*a*a*a*a*a*a*a*a*a*b", &long) && like(&long, &long));
    }

    #[test]
    fn a_thousand_faults_can_be_set() {
        let mut faults = Faults::new(1);
        let fault = || serde_json::from_value::<Fault>(json!({ "effect": { "status": 500 } })).unwrap();
        let numbers: Vec<_> = (0..=MOST).map(|_| faults.add(fault())).collect();
        assert_eq!((numbers[MOST - 1], numbers[MOST]), (Some(1000), None));
        faults.remove(1);
        assert!(faults.add(fault()).is_some());
    }

    #[test]
    fn a_fault_ends_after_its_times_and_the_seed_decides_chance() {
        let fault = |json: Value| serde_json::from_value::<Fault>(json).unwrap();
        let mut faults = Faults::new(7);
        faults.add(fault(json!({ "match": { "method": "post" }, "effect": { "status": 500 }, "times": 1 })));
        assert!(faults.hit("GET", "/x", &[]).is_none());
        assert!(faults.hit("POST", "/x", &[]).is_some());
        assert!(faults.hit("POST", "/x", &[]).is_none());
        let draw = || {
            let mut faults = Faults::new(7);
            faults.add(fault(json!({ "effect": { "reset": true }, "probability": 0.5 })));
            (0..64).map(|_| faults.hit("GET", "/", &[]).is_some()).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().contains(&true) && draw().contains(&false));
    }
}
