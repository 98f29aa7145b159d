//! How often the API server has answered the write of one child of a bot with an internal error. Once it may be its own trouble;
//! again and again it is something in the spec that nothing checks before.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::cache::Key;

/// The write of each bot that failed last, and how often it did in a row.
#[derive(Debug, Default)]
pub struct Rejections(Mutex<HashMap<Key, (String, u32)>>);

impl Rejections {
    /// Counts a failure of the write of a child; gives how often it has failed in a row.
    pub fn again(&self, bot: &Key, child: &str) -> u32 {
        let mut all = self.lock();
        let (last, times) = all.entry(bot.clone()).or_default();
        if last != child {
            (*last, *times) = (child.to_owned(), 0);
        }
        *times = times.saturating_add(1);
        *times
    }

    /// The writes of the bot went well, or it is gone.
    pub fn forget(&self, bot: &Key) {
        self.lock().remove(bot);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, (String, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_child_in_a_row_counts() {
        let (rejections, bot) = (Rejections::default(), Key::new("shops", "growshop"));
        assert_eq!(rejections.again(&bot, "Deployment a"), 1);
        assert_eq!(rejections.again(&bot, "Deployment a"), 2);
        assert_eq!(rejections.again(&bot, "Service a"), 1);
        rejections.forget(&bot);
        assert_eq!(rejections.again(&bot, "Service a"), 1);
    }
}
