//! The bytes of attachments, for download. Bounded: the oldest are forgotten first.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;

use super::message::Attachment;
use crate::id::Id;

/// Bytes of files kept.
const KEPT_BYTES: usize = 32 << 20;

/// Files by attachment id.
#[derive(Debug, Default)]
pub struct Files {
    kept: HashMap<Id, (Attachment, Bytes)>,
    order: VecDeque<Id>,
    bytes: usize,
}

impl Files {
    /// Keeps a new file; how many had to go for it. The newest stays, however large.
    pub fn put(&mut self, file: Attachment, data: Bytes) -> usize {
        self.bytes += size(&file, &data);
        self.order.push_back(file.id);
        self.kept.insert(file.id, (file, data));
        let mut gone = 0;
        while self.bytes > KEPT_BYTES && self.order.len() > 1 {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some((file, data)) = self.kept.remove(&oldest) {
                self.bytes -= size(&file, &data);
                gone += 1;
            }
        }
        gone
    }

    /// The file with this id and its bytes, if it is still kept.
    #[must_use]
    pub fn get(&self, id: Id) -> Option<&(Attachment, Bytes)> {
        self.kept.get(&id)
    }
}

fn size(file: &Attachment, data: &Bytes) -> usize {
    size_of::<Attachment>() + file.filename.len() + data.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::message::Words;

    #[test]
    fn files_are_bounded_by_their_bytes_and_the_oldest_go_first() {
        let mut files = Files::default();
        let file = |id| Attachment {
            id: Id(id),
            channel: Id(1),
            filename: "a.txt".into(),
            words: Words::default(),
            content_type: "text/plain".into(),
            size: KEPT_BYTES / 4,
            ephemeral: false,
        };
        let gone: Vec<_> = (1..=5).map(|id| files.put(file(id), vec![0; KEPT_BYTES / 4].into())).collect();
        assert_eq!(gone, [0, 0, 0, 1, 1]);
        assert!(files.get(Id(2)).is_none() && files.get(Id(3)).is_some());
        assert_eq!(files.put(file(6), vec![0; 2 * KEPT_BYTES].into()), 3);
        assert!(files.get(Id(6)).is_some());
    }
}
