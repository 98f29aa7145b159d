//! Mounted Secrets: read from files, never shown. The only way in and the only type that holds one.

use std::{fmt, io, path::Path};

/// A value that must never be logged; `Debug` hides it and there is no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a mounted Secret is not usable. Names the file, never the content.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file could not be read.
    #[error(
        "cannot read the secret file {path}: {source}; add the key to the Secret or correct the reference in the DiscordBot"
    )]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The file is empty or no text of one line.
    #[error(
        "the secret file {path} is {problem}; store exactly the value, without line breaks, in the Secret"
    )]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong.
        problem: &'static str,
    },
}

impl Secret {
    /// Reads a file of one line; a newline at its end is forgiven.
    pub fn read(path: &Path) -> Result<Self, SecretError> {
        let shown = path.display().to_string();
        let bytes =
            std::fs::read(path).map_err(|source| SecretError::Unreadable { path: shown.clone(), source })?;
        let malformed = |problem| SecretError::Malformed { path: shown, problem };
        let Ok(text) = String::from_utf8(bytes) else { return Err(malformed("not text")) };
        let value = text.trim();
        if value.is_empty() {
            return Err(malformed("empty"));
        }
        if value.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(malformed("more than one line or word"));
        }
        Ok(Self(value.to_owned()))
    }

    /// The value itself, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content: &[u8]) -> Result<Secret, SecretError> {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("token");
        std::fs::write(&path, content).unwrap();
        Secret::read(&path)
    }

    #[test]
    fn a_newline_at_the_end_is_forgiven_and_nothing_is_shown() {
        let secret = read(b"abc.def\n").unwrap();
        assert_eq!(secret.expose(), "abc.def");
        assert_eq!(format!("{secret:?}"), "[secret]");
    }

    #[test]
    fn empty_torn_and_binary_files_are_refused_without_their_content() {
        for content in [&b""[..], b"  \n", b"s3cret two", b"s3cret\ntwo", b"\xff\xfe"] {
            let error = read(content).unwrap_err().to_string();
            assert!(error.contains("token") && !error.contains("s3cret"), "{error}");
        }
    }
}
