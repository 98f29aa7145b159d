//! The numbered log of every REST request, gateway frame and interaction, as lines of JSON.
//!
//! Memory holds the newest entries; older ones are dropped with a notice, and are still in the log file if
//! there is one, with what was answered and dispatched. Secrets of bots (their tokens) must not be handed to it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::newest::Newest;
use crate::time::iso;

/// Bytes of entries kept in memory, whatever their number.
const KEPT_BYTES: usize = 24 << 20;

/// The log.
pub struct Log {
    inner: Mutex<Inner>,
}

struct Inner {
    /// Entries are numbered from 1 in the order they came.
    entries: Newest,
    file: Option<BufWriter<File>>,
}

impl Log {
    /// An empty log, with a file if one is named.
    pub fn new(capacity: usize, file: Option<&Path>) -> std::io::Result<Self> {
        let file = file.map(File::create).transpose()?.map(BufWriter::new);
        let inner = Inner { entries: Newest::new(capacity, KEPT_BYTES), file };
        Ok(Self { inner: Mutex::new(inner) })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an entry of a kind (`rest`, `gateway`, `interaction`, `control`); `fields` is an object.
    pub fn add(&self, kind: &str, fields: &Value) {
        self.add_with(kind, fields, "", None);
    }

    /// Adds an entry that has one more field in the log file, where there is room for what memory does not keep:
    /// what was answered or sent, as JSON.
    pub fn add_with(&self, kind: &str, fields: &Value, name: &str, body: Option<&str>) {
        let rest = fields.to_string();
        let rest = rest.strip_prefix('{').unwrap_or("}");
        let at = iso(Timestamp::now());
        let comma = if rest == "}" { "" } else { "," };
        let mut inner = self.inner();
        let number = inner.entries.total() + 1;
        let line = format!(r#"{{"n":{number},"at":"{at}","kind":"{kind}"{comma}{rest}"#);
        if let Some(file) = &mut inner.file {
            // A full disk must not stop the stand-in; what is in memory is still there.
            let _ = match (body, line.strip_suffix('}')) {
                (Some(body), Some(open)) => writeln!(file, r#"{open},"{name}":{body}}}"#),
                _ => writeln!(file, "{line}"),
            };
        }
        inner.entries.push(line);
    }

    /// Whether there is a log file.
    #[must_use]
    pub fn has_file(&self) -> bool {
        self.inner().file.is_some()
    }

    /// Every entry numbered above `since` as lines of JSON, with a first line of kind `dropped` that names the
    /// missing numbers when memory no longer has them all.
    #[must_use]
    pub fn since(&self, since: u64) -> String {
        let inner = self.inner();
        let dropped = inner.entries.dropped();
        let mut text = String::new();
        if dropped > since {
            let notice = json!({ "n": dropped, "kind": "dropped", "from": since + 1, "to": dropped });
            text.push_str(&notice.to_string());
            text.push('\n');
        }
        for line in inner.entries.after(since) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    /// Forgets what is in memory; numbers go on.
    pub fn reset(&self) {
        self.inner().entries.clear();
    }

    /// Writes out what the file's buffer holds.
    pub fn flush(&self) {
        if let Some(file) = &mut self.inner().file {
            let _ = file.flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_numbered_and_old_ones_are_dropped_with_a_notice() {
        let log = Log::new(2, None).unwrap();
        for number in 0..4 {
            log.add("rest", &json!({ "path": number }));
        }
        let text = log.since(0);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 3);
        assert_eq!(
            (&lines[0]["kind"], &lines[0]["from"], &lines[0]["to"]),
            (&json!("dropped"), &json!(1), &json!(2))
        );
        assert_eq!((&lines[2]["n"], &lines[2]["path"]), (&json!(4), &json!(3)));
        assert_eq!(log.since(4) + &log.since(u64::MAX), "");
    }

    #[test]
    fn the_file_has_the_bodies_that_memory_does_not_keep() {
        let path = tempfile::NamedTempFile::new().unwrap();
        let log = Log::new(10, Some(path.path())).unwrap();
        log.add_with("rest", &json!({ "path": "/" }), "response", Some(r#"{"id":"1"}"#));
        log.flush();
        let line: Value = serde_json::from_str(&std::fs::read_to_string(path.path()).unwrap()).unwrap();
        assert_eq!((&line["path"], &line["response"]), (&json!("/"), &json!({ "id": "1" })));
        assert!(!log.since(0).contains("response"));
    }

    #[test]
    fn entries_are_bounded_by_their_bytes() {
        let log = Log::new(usize::MAX, None).unwrap();
        for _ in 0..6 {
            log.add("rest", &json!({ "body": "x".repeat(KEPT_BYTES / 4) }));
        }
        let lines = log.since(0).lines().map(|line| line[..30].to_owned()).collect::<Vec<_>>();
        assert_eq!(lines.len(), 1 + 3);
        assert!(lines[0].contains("dropped") || log.since(0).contains(r#""kind":"dropped""#), "{lines:?}");
    }
}
