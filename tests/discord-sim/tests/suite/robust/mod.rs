//! Random use of everything: requests with bodies that nearly fit, control calls, gateway connections, broken HTTP.
//! Every answer is a documented one, nothing panics or hangs, memory stays bounded, and the stand-in lives on.
//!
//! The number of cases is bounded here. `DISCORD_SIM_FUZZ=1h cargo test -p discord-sim --test suite robust -- --nocapture`
//! goes on for that long with ever new cases, and tells how many there were.

mod bodies;
mod frames;
mod json;
mod places;
mod requests;
mod sockets;

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use discord_sim::Options;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::lab::Lab;
use frames::{Talk, any_talk};
use places::Places;
use requests::{Request, any_request};

/// Cases of a run that is not told how long to take.
const CASES: u32 = 40;
/// Cases per stand-in of a long run.
const ROUND: u32 = 500;
/// No case takes that long.
const PATIENCE: Duration = Duration::from_mins(1);
/// The stand-in's threads, by which its panics are told from those of tests.
const THREAD: &str = "stand-in";
/// More than a stand-in and this test ever need, in MB.
const MEMORY: u64 = 600;

static PANICS: AtomicUsize = AtomicUsize::new(0);

/// One thing a client does.
#[derive(Clone, Debug)]
enum Act {
    Request(Box<Request>),
    Talk(Talk),
    Bytes(Vec<u8>),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => any_request().prop_map(|request| Act::Request(Box::new(request))),
        3 => any_talk().prop_map(Act::Talk),
        1 => sockets::any_start().prop_map(Act::Bytes),
    ]
}

/// A stand-in on threads of its own, whose panics are counted.
struct Rig {
    threads: Runtime,
    client: Runtime,
    lab: Lab,
}

impl Rig {
    fn new() -> Self {
        count_panics();
        let threads =
            Builder::new_multi_thread().worker_threads(1).thread_name(THREAD).enable_all().build().unwrap();
        let client = Builder::new_current_thread().enable_all().build().unwrap();
        // No log: what is sent here at random is nothing to hold against Discord's description.
        let log_file = Some("/dev/null".into());
        let options = Options { invalid_request_limit: usize::MAX, log_file, ..Options::default() };
        // Spawned, so that even starting happens on the named thread.
        let lab = threads.block_on(async { tokio::spawn(Lab::with(options)).await.unwrap() });
        Self { threads, client, lab }
    }

    /// Does these things in a fresh world.
    fn case(&self, acts: &[Act]) {
        let before = PANICS.load(Ordering::SeqCst);
        let case = async {
            let places = Places::build(&self.lab).await;
            let mut broken = false;
            for act in acts {
                match act {
                    Act::Request(request) => {
                        request.send(&self.lab, &places, broken).await;
                        broken |= request.breaks_things();
                    }
                    Act::Talk(talk) => talk.hold(&self.lab, &places, broken).await,
                    Act::Bytes(bytes) => sockets::start(&self.lab, bytes).await,
                }
            }
            self.lab.sim("GET", "/world", Value::Null).await;
        };
        self.client.block_on(async { timeout(PATIENCE, case).await.expect("no case hangs") });
        assert_eq!(PANICS.load(Ordering::SeqCst), before, "the stand-in panicked; see above");
    }
}

/// Counts panics of stand-ins, which would otherwise only end a task of theirs.
fn count_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let earlier = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if std::thread::current().name() == Some(THREAD) {
                PANICS.fetch_add(1, Ordering::SeqCst);
            }
            earlier(info);
        }));
    });
}

/// Runs so many random cases; the same seed gives the same ones. How many things were done.
fn round(seed: u64, cases: u32) -> usize {
    let rig = Rig::new();
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let done = AtomicUsize::new(0);
    let strategy = proptest::collection::vec(any_act(), 1..16);
    let result = TestRunner::new_with_rng(config, rng).run(&strategy, |acts| {
        done.fetch_add(acts.len(), Ordering::Relaxed);
        rig.case(&acts);
        Ok(())
    });
    if let Err(error) = result {
        panic!("round {seed}: {error}");
    }
    let memory = resident_mb();
    assert!(memory < MEMORY, "{memory} MB are resident after round {seed}");
    rig.threads.block_on(rig.lab.sim.shutdown());
    rig.threads.shutdown_background();
    done.into_inner()
}

/// Memory of this process, as the kernel counts it.
fn resident_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|number| number.parse::<u64>().ok()).unwrap_or(0) / 1024
}

#[test]
fn random_use_gets_documented_answers_and_finds_no_panic() {
    let Ok(time) = std::env::var("DISCORD_SIM_FUZZ") else {
        round(0, CASES);
        return;
    };
    let end = Instant::now() + discord_sim::duration(&time).unwrap();
    // Rounds of earlier runs need no second one.
    let start = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let (mut rounds, mut acts) = (0, 0);
    while Instant::now() < end {
        acts += round(start + rounds, ROUND);
        rounds += 1;
        let cases = rounds * u64::from(ROUND);
        println!(
            "{cases} cases, {acts} requests, connections and pieces, no fault, {} MB resident",
            resident_mb()
        );
    }
}
