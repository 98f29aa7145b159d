//! The bytes of attachments, for download. Bounded: the oldest are forgotten first.

use std::collections::{HashMap, VecDeque};

use super::message::Attachment;
use crate::id::Id;

/// Bytes of files kept.
const KEPT_BYTES: usize = 256 << 20;

/// Files by attachment id.
#[derive(Debug, Default)]
pub struct Files {
    kept: HashMap<Id, Attachment>,
    order: VecDeque<Id>,
    bytes: usize,
}

impl Files {
    /// Keeps a file.
    pub fn put(&mut self, file: Attachment) {
        self.bytes += file.data.len();
        self.order.push_back(file.id);
        self.kept.insert(file.id, file);
        while self.bytes > KEPT_BYTES {
            let Some(oldest) = self.order.pop_front() else { return };
            if let Some(file) = self.kept.remove(&oldest) {
                self.bytes -= file.data.len();
            }
        }
    }

    /// The file with this id, if it is still kept.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&Attachment> {
        self.kept.get(&id)
    }
}
