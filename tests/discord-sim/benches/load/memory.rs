//! Load without end: interactions with their messages until memory has long been full, and what is resident then.

use crate::interactions::{self, Until};
use crate::sessions::Sessions;
use crate::target::Target;
use stockbot_harness::Figures;

/// Interactions after which memory is looked at; each makes one or two messages.
const STEPS: [usize; 3] = [100_000, 200_000, 400_000];
const PEOPLE: usize = 100;

/// Adds the figures. How much memory the last step took, in MB, and by what factor it grew over that of half the load.
pub async fn run(figures: &mut Figures) -> (f64, f64) {
    let target = Target::start().await;
    let (mut sessions, _) = Sessions::open(&target).await;
    let (mut done, mut resident) = (0, Vec::new());
    for step in STEPS {
        interactions::run(&target, &mut sessions, PEOPLE, Until::Each((step - done) / PEOPLE)).await;
        done = step;
        resident.push(target.resident_mb());
        figures.add(&format!("resident after {step} interactions"), "MB", target.resident_mb());
        eprintln!("{step} interactions: {:.0} MB resident", target.resident_mb());
    }
    target.stop().await;
    (resident[2], resident[2] / resident[1])
}
