//! What any controller needs: the driver with its back-off, server-side apply, events, the status writer.
//! Must not: know a kind.

pub mod apply;
pub mod apply_error;
pub mod driver;
pub mod events;
pub mod finalizer;
pub mod status_writer;
pub mod unreadable;
