//! Short stand-ins for names of any length and script, where a custom id has no room for them.

use std::{fmt, str::FromStr};

/// Stands for one name among the few of a shop. It is the same in every release and pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(u32);

/// Four digits in base 36.
const TAGS: u32 = 36 * 36 * 36 * 36;

impl Tag {
    /// The tag of a name: its FNV-1a hash, folded.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let hash = name
            .bytes()
            .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        Self(hash % TAGS)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base36(self.0.into()))
    }
}

impl FromStr for Tag {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(u32::from_str_radix(text, 36)? % TAGS))
    }
}

/// A number in as few characters as letters and digits allow.
pub(super) fn base36(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit(u32::try_from(number % 36).unwrap_or(0), 36).unwrap_or('0'));
        number /= 36;
        if number == 0 {
            return digits.iter().rev().collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_never_changes_and_is_short() {
        assert_eq!(Tag::of("main").to_string(), "hzc");
        for name in ["main", "", "kategori dengan nama yang panjang sekali", "\u{1f600}"] {
            let tag = Tag::of(name);
            assert!(tag.to_string().len() <= 4);
            assert_eq!(tag.to_string().parse(), Ok(tag));
        }
        assert_ne!(Tag::of("main"), Tag::of("second"));
    }

    #[test]
    fn base_36_is_what_the_standard_library_reads() {
        for number in [0, 35, 36, 1_000_000_000_000, u64::MAX] {
            assert_eq!(u64::from_str_radix(&base36(number), 36), Ok(number));
        }
    }
}
