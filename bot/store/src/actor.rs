//! Who does something that is written to the audit trail.

/// A Discord user (or the bot itself) that changes the shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Discord user id.
    pub user_id: u64,
    /// Name at the time of the action, for people who read the trail.
    pub name: String,
}
