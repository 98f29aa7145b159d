//! Judges what came of the cases, counts it and says it.

use std::collections::{BTreeMap, BTreeSet};

use super::{stage::Run, workload::Workload};

/// What came of a case.
pub enum Outcome {
    /// All its faults happened, and it ended as without them; so much was made and removed.
    Well(usize),
    /// It ended well, but not all its faults met a request.
    Missed,
    /// It ended otherwise: how.
    Failed(String),
}

impl Outcome {
    /// Holds a run with so many planned faults against the one without.
    pub fn of(known: &Run, strikes: usize, run: Result<Run, String>) -> Self {
        match run {
            Err(error) => Self::Failed(error),
            // Events are told of what was seen on the way, which is not always the same.
            Ok(run) if run.tally != known.tally => {
                Self::Failed(format!("made and removed: {:?}, without faults {:?}", run.tally, known.tally))
            }
            Ok(run) if run.sprung < strikes => Self::Missed,
            Ok(run) => Self::Well(run.tally.values().sum()),
        }
    }
}

/// What came of the cases so far.
#[derive(Default)]
pub struct Report {
    /// By kind of case and deed: those that ended well, and all whose faults happened.
    counts: BTreeMap<(&'static str, Workload), (u64, u64)>,
    /// Cases whose fault has not happened.
    missed: BTreeSet<String>,
    failures: Vec<String>,
    done: u64,
    /// Children made and removed by those that ended well: as many as without faults.
    made: usize,
}

impl Report {
    /// Cases of that kind whose faults have happened.
    pub fn happened(&self, what: &str) -> u64 {
        let of_kind = self.counts.iter().filter(|((kind, _), _)| *kind == what);
        of_kind.map(|(_, (_, happened))| happened).sum()
    }

    /// Notes how a case went.
    pub fn note(&mut self, what: &'static str, workload: Workload, case: &str, outcome: &Outcome) {
        self.done += 1;
        if self.done.is_multiple_of(50) {
            println!("{} runs", self.done);
        }
        if matches!(outcome, Outcome::Missed) {
            self.missed.insert(case.into());
            return;
        }
        self.missed.remove(case);
        let (well, all) = self.counts.entry((what, workload)).or_default();
        *all += 1;
        match outcome {
            Outcome::Failed(error) => {
                println!("FAILED {case}:\n{error}");
                self.failures.push(format!("{case}:\n{error}"));
            }
            Outcome::Well(made) => {
                *well += 1;
                self.made += made;
            }
            Outcome::Missed => {}
        }
    }

    /// Prints it.
    ///
    /// # Panics
    /// If anything did not end well.
    pub fn print(&self) {
        for ((what, workload), (well, all)) in &self.counts {
            println!("{what:<13} {:<13} {well} of {all}", format!("{workload:?}"));
        }
        let (well, all) = self.counts.values().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        println!(
            "in all {well} of {all}, {} children made and removed in those, none twice; {} planned cases did not meet all their requests",
            self.made,
            self.missed.len()
        );
        for case in &self.missed {
            println!("  not met: {case}");
        }
        let failures = &self.failures;
        assert!(failures.is_empty(), "{} cases did not end well:\n{}", failures.len(), failures.join("\n\n"));
    }
}
