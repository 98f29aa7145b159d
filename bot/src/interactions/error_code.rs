//! The short code that an error has for its user, in the log and in the console. Pure.

/// 8 digits and letters for an interaction. Ids of one moment differ in their first bits alone, and all end alike; spread over all
/// bits, any part of them tells two apart.
pub fn error_code(id: u64) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    // The golden ratio's bits: odd, so that no two ids become one.
    let spread = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (0..8)
        .map(|place| char::from(ALPHABET[usize::try_from(spread >> (59 - place * 5)).unwrap_or(0) & 31]))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_of_errors_are_distinct() {
        let first = 1_576_160_644_741_201_920_u64;
        let later = (0..10_000).map(|millisecond| first + (millisecond << 22));
        let codes: BTreeSet<String> = later.chain(first + 1..first + 100).map(error_code).collect();
        assert_eq!(codes.len(), 10_099);
        assert!(codes.iter().all(|code| code.len() == 8));
    }
}
