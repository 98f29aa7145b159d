//! A namespace with an operator behind the fault proxy, and what it takes to strike it and to see that it came through.

use std::time::{Duration, Instant};

use stockbot_fault_proxy::{Fault, Plan, Tally, When, ledger::tally};

use super::{
    picture::{Picture, at_rest, difference, picture},
    workload::{Workload, other_bot},
};
use crate::{behind_proxy::BehindProxy, node::Node, watched::Watched, world::World};

/// How long nothing may change before a run without faults is through: longer than any wait of the operator for what it knows
/// will come.
const REST: Duration = Duration::from_secs(6);
/// The same where the end is known and is there.
const STILL: Duration = Duration::from_secs(1);
/// Time between two looks.
const LOOK: Duration = Duration::from_millis(50);
/// How long a deed may take with its faults: longer than the longest time-out of the operator's.
const PATIENCE: Duration = Duration::from_mins(5);

/// A fault and whom it strikes.
pub type Strike = (When, Fault);

/// How a deed went.
#[derive(Debug)]
pub struct Run {
    /// What the namespace looks like now.
    pub picture: Picture,
    /// What was made and removed, without events.
    pub tally: Tally,
    /// Events that were made.
    pub events: usize,
    /// Writes of the operator.
    pub writes: usize,
    /// Kinds of requests that came.
    pub calls: Vec<(&'static str, String)>,
    /// How many of the planned faults happened.
    pub sprung: usize,
}

/// The place of the play.
pub struct Stage {
    world: World,
    watched: Watched,
    behind: BehindProxy,
    _node: Node,
}

impl Stage {
    /// A namespace with one bot in it that runs.
    pub async fn new() -> Self {
        let world = World::new().await;
        let watched = Watched::start(&world);
        let node = Node::start(&world, watched.clone());
        let behind = BehindProxy::start(&world, Plan::default(), &["--rollout-pace", "1s"]).await;
        other_bot(&world).await;
        let stage = Self { world, watched, behind, _node: node };
        stage.rests(1).await.unwrap();
        stage
    }

    /// Has `workload` done while the faults strike one after the other, each from the restart that the one before brought about.
    /// `wanted` is what it has to look like in the end; without it, whatever it is when all is at rest.
    pub async fn run(
        &mut self,
        workload: Workload,
        strikes: &[Strike],
        wanted: Option<&Picture>,
    ) -> Result<Run, String> {
        workload.prepare(&self.world).await;
        let (begun, writes) = (self.behind.proxy.requests(), self.behind.proxy.writes());
        let mut left = strikes.iter().cloned();
        self.plan_next(&mut left);
        if workload == Workload::Restart {
            self.behind.restart(&self.world).await;
        }
        workload.begin(&self.world).await;
        loop {
            tokio::select! {
                () = self.behind.proxy.halted() => {}
                ended = self.ends(workload, writes, wanted) => break ended?,
            }
            self.plan_next(&mut left);
            self.behind.restart(&self.world).await;
        }
        let sprung = strikes.len() - left.len() - usize::from(self.behind.proxy.is_set());
        self.behind.proxy.plan(Plan::default());
        let entries = self.behind.proxy.since(begun);
        let mut tally = tally(&entries);
        let events = tally.remove(&("create", "events".into())).unwrap_or_default();
        let calls = entries.iter().map(|entry| (entry.call.verb, entry.call.resource.clone())).collect();
        let writes = entries.iter().filter(|entry| entry.call.writes()).count();
        Ok(Run { picture: self.picture(), tally, events, writes, calls, sprung })
    }

    fn plan_next(&self, left: &mut impl Iterator<Item = Strike>) {
        self.behind.proxy.plan(left.next().map(|(when, fault)| Plan::at(when, fault)).unwrap_or_default());
    }

    fn picture(&self) -> Picture {
        picture(&self.watched, &self.world.namespace)
    }

    async fn ends(&self, workload: Workload, writes: usize, wanted: Option<&Picture>) -> Result<(), String> {
        match wanted {
            Some(wanted) => self.becomes(wanted).await,
            // Every deed but a restart is answered with a write.
            None => self.rests(writes + usize::from(workload != Workload::Restart)).await,
        }
    }

    /// Waits until it looks as wanted, and stays so after the operator has looked at it.
    async fn becomes(&self, wanted: &Picture) -> Result<(), String> {
        let begun = Instant::now();
        let (mut since, mut writes) = (Instant::now(), 0);
        let (mut version, mut alike) = (0, false);
        while since.elapsed() < STILL {
            if begun.elapsed() > PATIENCE {
                let log = self.behind.operator.process.output();
                let tail: Vec<&str> = log.lines().rev().take(30).collect();
                let difference = difference(wanted, &self.picture());
                return Err(format!(
                    "{difference}\nthe operator's last lines, newest first:\n{}",
                    tail.join("\n")
                ));
            }
            tokio::time::sleep(LOOK).await;
            let now = self.behind.proxy.writes();
            if version != self.watched.version() {
                version = self.watched.version();
                alike = self.picture() == *wanted;
            }
            if now != writes || !alike || !self.behind.operator.has_looked().await {
                (since, writes) = (Instant::now(), now);
            }
        }
        Ok(())
    }

    /// Waits until so much was written, and nothing happens any more.
    async fn rests(&self, least: usize) -> Result<(), String> {
        let begun = Instant::now();
        let (mut since, mut before) = (Instant::now(), (0, 0));
        while since.elapsed() < REST {
            if begun.elapsed() > PATIENCE {
                return Err(format!("it does not come to rest:\n{}", self.behind.operator.process.output()));
            }
            tokio::time::sleep(LOOK).await;
            let now = (self.behind.proxy.writes(), self.watched.version());
            if now != before || now.0 < least || !at_rest(&self.watched) {
                (since, before) = (Instant::now(), now);
            }
        }
        Ok(())
    }
}
