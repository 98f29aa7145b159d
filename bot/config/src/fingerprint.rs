//! Short fingerprints by which operator and bot tell whether they speak of the same settings.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

/// The first 16 hexadecimal digits of the SHA-256 of the value's JSON: enough to tell versions of one object apart.
#[must_use]
pub fn fingerprint<T: Serialize>(value: &T) -> String {
    // A value that is no JSON (a map with composite keys) has the fingerprint of nothing; the contract has none.
    let json = serde_json::to_vec(value).unwrap_or_default();
    Sha256::digest(json).iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_have_equal_fingerprints_and_others_do_not() {
        assert_eq!(fingerprint(&["a"]), fingerprint(&vec!["a".to_owned()]));
        assert_ne!(fingerprint(&["a"]), fingerprint(&["b"]));
        assert_eq!(fingerprint(&1).len(), 16);
    }
}
