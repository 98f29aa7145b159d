//! What a Secret looks like: whether a key is there and plausible. Nothing of a value is kept. Pure.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Secret;
use kube::ResourceExt as _;
use stockbot_config::fingerprint;

/// What a key's value looks like; nothing of the value itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Fingerprint of the value, by which a change is noticed.
    pub content: String,
    /// Nothing, or only white space.
    pub empty: bool,
    /// One line of printable text (a last newline is allowed).
    pub one_line: bool,
    /// `postgres://...` or `postgresql://...`.
    pub postgres_url: bool,
}

/// What is known of a Secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretState {
    /// There is none of that name.
    Missing,
    /// The operator may not read it: it mounts it blindly.
    Forbidden,
    /// It exists.
    Present {
        /// Its resource version.
        version: String,
        /// Its keys.
        keys: BTreeMap<String, Shape>,
    },
}

impl SecretState {
    /// What is kept of a Secret.
    #[must_use]
    pub fn of(secret: Secret) -> Self {
        let version = secret.resource_version().unwrap_or_default();
        let (namespace, name) = (secret.namespace(), secret.name_any());
        let data = secret.data.into_iter().flatten();
        // With the place, so that equal values in two places do not show as equal.
        let judged = data.map(|(key, value)| {
            let content = fingerprint(&(&namespace, &name, &key, &value.0));
            (key, shape(&value.0, content))
        });
        Self::Present { version, keys: judged.collect() }
    }

    /// Is this the Secret at that version (`None`: there is none)?
    #[must_use]
    pub fn is_at(&self, version: Option<&str>) -> bool {
        match self {
            Self::Missing => version.is_none(),
            Self::Present { version: known, .. } => version == Some(known),
            Self::Forbidden => false,
        }
    }

    /// Would a bot see no difference?
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Present { keys, .. }, Self::Present { keys: others, .. }) => keys == others,
            _ => self == other,
        }
    }
}

fn shape(value: &[u8], content: String) -> Shape {
    let text = std::str::from_utf8(value).ok().map(str::trim);
    Shape {
        content,
        empty: text.is_some_and(str::is_empty),
        one_line: text.is_some_and(|text| !text.contains(|c: char| c.is_control() || c.is_whitespace())),
        postgres_url: text
            .is_some_and(|text| text.starts_with("postgres://") || text.starts_with("postgresql://")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_judged_by_its_shape() {
        let judged = |value: &str| {
            let shape = shape(value.as_bytes(), String::new());
            (shape.empty, shape.one_line, shape.postgres_url)
        };
        assert_eq!(judged("postgres://u:p@db/shop\n"), (false, true, true));
        assert_eq!(judged("MTEx.abc.def"), (false, true, false));
        assert_eq!(judged(" \n"), (true, true, false));
        assert_eq!(judged("two\nlines"), (false, false, false));
        assert!(!shape(&[0xff, 0xfe], String::new()).one_line);
    }
}
