//! How far the answer to an interaction has come: what `patience` goes by when the database does not answer.

use tokio::{
    sync::watch,
    time::{Duration, Instant, timeout_at},
};

/// In this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Nothing has happened but reading.
    Reading,
    /// The first answer is on its way.
    Acknowledging,
    /// Discord has the first answer; what the final one shows is being read.
    Acknowledged,
    /// Something is being changed: from here on the handler runs to its end.
    Changing,
    /// The final answer is on its way.
    Answering,
}

/// The stage, and since when.
pub struct Progress(watch::Sender<(Stage, Instant)>);

impl Progress {
    /// Of an interaction that arrived then.
    pub fn since(arrived: Instant) -> Self {
        Self(watch::Sender::new((Stage::Reading, arrived)))
    }

    /// A later stage is reached; nothing goes back.
    pub fn reach(&self, stage: Stage) {
        self.0.send_if_modified(|now| {
            let further = stage > now.0;
            if further {
                *now = (stage, Instant::now());
            }
            further
        });
    }

    /// The user has just been told how far it is.
    pub fn told(&self) {
        self.0.send_modify(|now| now.1 = Instant::now());
    }

    /// The stage.
    pub fn stage(&self) -> Stage {
        self.0.borrow().0
    }

    /// Waits until a stage that waits for the database has lasted for so long; which one.
    pub async fn stands_still(&self, patience: Duration) -> Stage {
        let mut progress = self.0.subscribe();
        loop {
            let (stage, since) = *progress.borrow_and_update();
            let waits = !matches!(stage, Stage::Acknowledging | Stage::Answering);
            let changed = timeout_at(since + patience, progress.changed()).await.is_ok();
            if !changed && waits {
                return stage;
            }
            if !changed {
                let _ = progress.changed().await;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn discord_is_waited_for_and_the_database_is_not() {
        let progress = Progress::since(Instant::now());
        progress.reach(Stage::Acknowledging);
        let answered = async {
            tokio::task::yield_now().await;
            progress.reach(Stage::Acknowledged);
            progress.reach(Stage::Reading);
        };
        let (stage, ()) = tokio::join!(progress.stands_still(Duration::ZERO), answered);
        assert_eq!(stage, Stage::Acknowledged);
        progress.reach(Stage::Answering);
        assert!(timeout(Duration::ZERO, progress.stands_still(Duration::ZERO)).await.is_err());
    }

    #[tokio::test]
    async fn the_first_stage_counts_from_the_arrival_and_each_other_from_its_beginning() {
        let (hour, minute) = (Duration::from_hours(1), Duration::from_mins(1));
        let progress = Progress::since(Instant::now().checked_sub(minute).unwrap());
        assert_eq!(progress.stands_still(minute).await, Stage::Reading);
        assert!(timeout(Duration::ZERO, progress.stands_still(hour)).await.is_err());
        progress.reach(Stage::Changing);
        assert!(timeout(Duration::ZERO, progress.stands_still(minute)).await.is_err());
    }
}
