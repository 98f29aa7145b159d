//! What the operator remembers in an annotation of an object of its own, as JSON: it outlives pods and the operator.

use serde::{Serialize, de::DeserializeOwned};

/// Something that is kept in an annotation.
pub trait Annotation: Serialize + DeserializeOwned {
    /// Reads the annotation; one that is not understood is as none.
    #[must_use]
    fn parse(annotation: &str) -> Option<Self> {
        serde_json::from_str(annotation).ok()
    }

    /// Writes the annotation.
    #[must_use]
    fn annotation(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }
}
