//! What any controller needs: the driver with its back-off, server-side apply, events, writing a status.
//! Must not: know a kind.

pub mod apply;
pub mod backoff;
pub mod driver;
pub mod events;
pub mod status;
pub mod written;
