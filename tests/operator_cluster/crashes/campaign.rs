//! Which faults strike which deeds, and several stages on which they do so side by side.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Mutex,
};

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng, seq::SliceRandom as _};
use stockbot_fault_proxy::{Fault, When};

use super::{
    number,
    report::{Outcome, Report},
    stage::{Run, Stage, Strike},
    workload::Workload,
};

/// Faults of the operator's own process and of the replies to it.
const CRASHES: [Fault; 3] = [Fault::KillBefore, Fault::KillAfterCommit, Fault::LostReply];
/// Under what pairs of crashes are counted.
const DOUBLE: &str = "killed twice";
/// How often a case is tried whose fault does not happen: not every run needs as many writes.
const TRIES: usize = 3;

/// One deed and the faults that strike it.
#[derive(Clone, Debug)]
struct Case {
    workload: Workload,
    strikes: Vec<Strike>,
    tries: usize,
}

/// A campaign: what runs without faults look like, and what came of the others.
pub struct Campaign {
    seed: u64,
    /// Without faults.
    known: BTreeMap<Workload, Run>,
    report: Mutex<Report>,
}

impl Campaign {
    /// Looks at everything without a fault.
    pub async fn begin(seed: u64) -> Self {
        println!("crashes: seed {seed}");
        let (mut stage, mut known) = (Stage::new().await, BTreeMap::new());
        for workload in Workload::CYCLE {
            let run = stage.run(workload, &[], None).await.unwrap();
            println!("{workload:?}: {} writes, {} events; {:?}", run.writes, run.events, run.tally);
            known.insert(workload, run);
        }
        Self { seed, known, report: Mutex::default() }
    }

    /// A crash and a lost reply at every write of every deed.
    pub async fn single_crashes(&self) {
        self.play(self.crashes()).await;
    }

    /// Every other fault once for each verb and resource.
    pub async fn other_faults(&self) {
        self.play(self.faults()).await;
    }

    /// So many pairs of crashes: the second strikes what the first has left to do.
    pub async fn double_crashes(&self, pairs: u64) {
        let mut random = StdRng::seed_from_u64(self.seed);
        while self.report.lock().unwrap().happened(DOUBLE) < pairs {
            let missing = pairs - self.report.lock().unwrap().happened(DOUBLE);
            let cases = (0..missing).filter_map(|_| self.pair(&mut random)).collect();
            self.play(cases).await;
        }
    }

    /// A few of each.
    pub async fn sample(&self) {
        let mut random = StdRng::seed_from_u64(self.seed);
        let (mut crashes, mut faults) = (self.crashes(), self.faults());
        crashes.shuffle(&mut random);
        faults.shuffle(&mut random);
        // One that falls silent is waited for two minutes.
        faults.retain(|case| !case.strikes.iter().any(|strike| strike.1 == Fault::Silence));
        let mut sampled = Vec::new();
        for workload in Workload::CYCLE {
            let of = |case: &&Case| case.workload == workload;
            sampled.extend(crashes.iter().filter(of).take(2).cloned());
            sampled.extend(faults.iter().filter(of).take(1).cloned());
            sampled.extend(self.pair_of(workload, &mut random));
        }
        self.play(sampled).await;
    }

    /// Prints what came of it; fails if anything did not end well.
    pub fn report(self) {
        self.report.into_inner().unwrap().print();
    }

    fn crashes(&self) -> Vec<Case> {
        let writes =
            self.known.iter().flat_map(|(workload, run)| (1..=run.writes).map(|write| (*workload, write)));
        writes
            .flat_map(|(workload, write)| {
                CRASHES.map(|fault| Case::new(workload, vec![(When::Write(write), fault)]))
            })
            .collect()
    }

    /// Each with a deed that makes such a request, or brings such an event; of several with the one that has the fewest so far.
    fn faults(&self) -> Vec<Case> {
        let calls: BTreeSet<_> = self.known.values().flat_map(|run| &run.calls).collect();
        let mut loads: BTreeMap<Workload, usize> = BTreeMap::new();
        let mut cases = Vec::new();
        for call in calls {
            for fault in Fault::of_verb(call.0) {
                let when = When::First(call.0, call.1.clone());
                let making = self.known.iter().filter(|(_, run)| run.calls.contains(call));
                let met = if when.is_event(fault) {
                    Workload::bringing(&call.1)
                } else {
                    making.map(|(workload, _)| *workload).min_by_key(|workload| {
                        // Restarts are cheap: nothing has to be undone.
                        (*workload != Workload::Restart, loads.get(workload).copied().unwrap_or_default())
                    })
                };
                let Some(workload) = met else { continue };
                *loads.entry(workload).or_default() += 1;
                cases.push(Case::new(workload, vec![(when, fault)]));
            }
        }
        cases
    }

    fn pair(&self, random: &mut StdRng) -> Option<Case> {
        let workload = Workload::CYCLE[random.random_range(0..Workload::CYCLE.len())];
        self.pair_of(workload, random)
    }

    fn pair_of(&self, workload: Workload, random: &mut StdRng) -> Option<Case> {
        let writes = self.known[&workload].writes;
        if writes < 2 {
            return None;
        }
        let first = random.random_range(1..writes);
        // What was not written yet, and what may have to be looked at again.
        let second = random.random_range(1..=writes - first);
        let kill = |random: &mut StdRng| CRASHES[random.random_range(0..2)];
        let strikes = vec![(When::Write(first), kill(random)), (When::Write(second), kill(random))];
        Some(Case::new(workload, strikes))
    }

    /// Plays all cases, in cycles of all deeds, on several stages.
    async fn play(&self, cases: Vec<Case>) {
        let queues = queues(cases);
        let stages = number("STOCKBOT_CHAOS_STAGES", 4);
        let playing = (0..stages).map(|_| self.play_on_stage(&queues));
        futures_util::future::join_all(playing).await;
    }

    async fn play_on_stage(&self, queues: &Queues) {
        let mut stage = None;
        while queues.lock().unwrap().values().any(|queue| !queue.is_empty()) {
            let mut current = match stage.take() {
                Some(stage) => stage,
                None => Stage::new().await,
            };
            if self.cycle(&mut current, queues).await {
                stage = Some(current);
            }
        }
    }

    /// One cycle; false if it went wrong, and the stage is of no more use.
    async fn cycle(&self, stage: &mut Stage, queues: &Queues) -> bool {
        for workload in Workload::CYCLE {
            let next = || queues.lock().unwrap().get_mut(&workload).and_then(VecDeque::pop_front);
            let case = next().unwrap_or_else(|| Case::new(workload, Vec::new()));
            let mut well = self.case(stage, case, queues).await;
            while workload == Workload::Restart && well {
                let Some(case) = next() else { break };
                well = self.case(stage, case, queues).await;
            }
            if !well {
                return false;
            }
        }
        true
    }

    /// One case; false if it went wrong.
    async fn case(&self, stage: &mut Stage, mut case: Case, queues: &Queues) -> bool {
        let known = &self.known[&case.workload];
        let run = stage.run(case.workload, &case.strikes, Some(&known.picture)).await;
        let outcome = Outcome::of(known, case.strikes.len(), run);
        self.report.lock().unwrap().note(case.what(), case.workload, &case.name(), &outcome);
        case.tries += 1;
        // The next pair is as good as this one.
        if matches!(outcome, Outcome::Missed) && case.tries < TRIES && case.strikes.len() == 1 {
            queues.lock().unwrap().entry(case.workload).or_default().push_back(case);
        }
        !matches!(outcome, Outcome::Failed(_))
    }
}

/// Cases still to be played, by deed.
type Queues = Mutex<BTreeMap<Workload, VecDeque<Case>>>;

fn queues(cases: Vec<Case>) -> Queues {
    let mut queues: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
    for case in cases {
        queues.entry(case.workload).or_default().push_back(case);
    }
    Mutex::new(queues)
}

impl Case {
    fn new(workload: Workload, strikes: Vec<Strike>) -> Self {
        Self { workload, strikes, tries: 0 }
    }

    /// Under what it is counted.
    fn what(&self) -> &'static str {
        match self.strikes.as_slice() {
            [] => "no fault",
            [(_, Fault::KillBefore)] => "killed before",
            [(_, Fault::KillAfterCommit)] => "killed after",
            [(_, Fault::LostReply)] => "reply lost",
            [_] => "other fault",
            _ => DOUBLE,
        }
    }

    fn name(&self) -> String {
        let strike = |(when, fault): &Strike| match when {
            When::Write(number) => format!("{fault} at write {number}"),
            When::First(verb, resource) => format!("{fault} at {verb} {resource}"),
        };
        let strikes: Vec<_> = self.strikes.iter().map(strike).collect();
        format!("{:?}, {}", self.workload, strikes.join(", then "))
    }
}
