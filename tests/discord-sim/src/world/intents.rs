//! Gateway intents: which bits exist, which are privileged, and which event needs which.

/// Guilds, roles and channels.
pub const GUILDS: u64 = 1;
/// Members (privileged).
pub const GUILD_MEMBERS: u64 = 1 << 1;
/// Presences (privileged).
pub const GUILD_PRESENCES: u64 = 1 << 8;
/// Messages in guilds.
pub const GUILD_MESSAGES: u64 = 1 << 9;
/// Messages in direct messages.
pub const DIRECT_MESSAGES: u64 = 1 << 12;
/// The text of messages (privileged).
pub const MESSAGE_CONTENT: u64 = 1 << 15;

/// Every intent there is: bits 0 to 16, 20, 21, 24 and 25.
pub const KNOWN: u64 = 0x1_FFFF | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25;
/// Those the owner must switch on.
pub const PRIVILEGED: u64 = GUILD_MEMBERS | GUILD_PRESENCES | MESSAGE_CONTENT;

/// The application flags (`..._LIMITED`) that show which privileged intents are switched on.
#[must_use]
pub fn application_flags(privileged: u64) -> u64 {
    let flag = |intent: u64, bit: u64| if privileged & intent == 0 { 0 } else { 1 << bit };
    flag(GUILD_PRESENCES, 13) | flag(GUILD_MEMBERS, 15) | flag(MESSAGE_CONTENT, 19)
}

/// A privileged intent by the name the reference gives it.
#[must_use]
pub fn privileged_by_name(name: &str) -> Option<u64> {
    match name {
        "GUILD_MEMBERS" => Some(GUILD_MEMBERS),
        "GUILD_PRESENCES" => Some(GUILD_PRESENCES),
        "MESSAGE_CONTENT" => Some(MESSAGE_CONTENT),
        _ => None,
    }
}
