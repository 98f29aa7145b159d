//! The newest lines of a list without end: bounded by their number and their bytes, with a count of those that went.

use std::collections::VecDeque;

/// The lines, oldest first.
#[derive(Debug)]
pub struct Newest {
    lines: VecDeque<String>,
    bytes: usize,
    dropped: u64,
    most: usize,
    most_bytes: usize,
}

impl Newest {
    /// None yet, of so many lines and bytes at most.
    #[must_use]
    pub fn new(most: usize, most_bytes: usize) -> Self {
        Self { lines: VecDeque::new(), bytes: 0, dropped: 0, most, most_bytes }
    }

    /// Adds a line. Older ones go for it, but the last one stays, however large.
    pub fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.lines.len() > self.most || (self.bytes > self.most_bytes && self.lines.len() > 1) {
            let Some(old) = self.lines.pop_front() else { return };
            self.bytes -= old.len();
            self.dropped += 1;
        }
    }

    /// How many lines there were and are no more.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many lines there have been in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.dropped + self.lines.len() as u64
    }

    /// Those that are left of the lines after the first `count` of all.
    pub fn after(&self, count: u64) -> impl Iterator<Item = &str> {
        let skipped = usize::try_from(count.saturating_sub(self.dropped)).unwrap_or(usize::MAX);
        self.lines.range(skipped.min(self.lines.len())..).map(String::as_str)
    }

    /// Drops them all.
    pub fn clear(&mut self) {
        self.dropped = self.total();
        self.lines.clear();
        self.bytes = 0;
    }
}
