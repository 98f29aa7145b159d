//! The address a client reached the stand-in by, under which everything it is given must be found again.
//!
//! Pods and programs of the host know the same stand-in by different addresses, so no address is kept in the
//! world: each client's own `Host` header decides.

use std::sync::Arc;

/// Stands in texts that go to several clients where each one's own `host:port` belongs.
const ANYWHERE: &str = "anywhere.discord-sim.invalid";

/// `host:port` as a client wrote it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Base(Arc<str>);

impl Base {
    /// From a `Host` header, or the loopback address when it is missing or no plain authority.
    #[must_use]
    pub fn new(host: Option<&str>) -> Self {
        let plain = |host: &&str| {
            !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b))
        };
        Self(host.filter(plain).unwrap_or("127.0.0.1").into())
    }

    /// For a text that is rendered once and goes to clients of different addresses; see [`Base::localise`].
    #[must_use]
    pub fn anywhere() -> Self {
        Self(ANYWHERE.into())
    }

    /// Puts this address into a text rendered for [`Base::anywhere`].
    #[must_use]
    pub fn localise(&self, text: &Arc<str>) -> Arc<str> {
        if text.contains(ANYWHERE) { text.replace(ANYWHERE, &self.0).into() } else { text.clone() }
    }

    /// An address of the REST side; `path` starts with `/`.
    #[must_use]
    pub fn http(&self, path: &str) -> String {
        format!("http://{}{path}", self.0)
    }

    /// An address of the gateway; `path` starts with `/`.
    #[must_use]
    pub fn ws(&self, path: &str) -> String {
        format!("ws://{}{path}", self.0)
    }
}
