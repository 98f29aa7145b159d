//! Permission bits and who has which in a channel. Computes over guilds; refuses nothing by itself.

use super::channel::{Channel, Place};
use super::guild::{Guild, Member};
use crate::id::Id;

/// Everything is allowed.
pub const ADMINISTRATOR: u64 = 1 << 3;
/// Change and delete channels.
pub const MANAGE_CHANNELS: u64 = 1 << 4;
/// See a channel.
pub const VIEW_CHANNEL: u64 = 1 << 10;
/// Write messages.
pub const SEND_MESSAGES: u64 = 1 << 11;
/// Delete and pin other people's messages.
pub const MANAGE_MESSAGES: u64 = 1 << 13;
/// Post embeds.
pub const EMBED_LINKS: u64 = 1 << 14;
/// Post files.
pub const ATTACH_FILES: u64 = 1 << 15;
/// Read what was written earlier.
pub const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// Use emoji of other guilds.
pub const USE_EXTERNAL_EMOJIS: u64 = 1 << 18;
/// Change the own nickname.
pub const CHANGE_NICKNAME: u64 = 1 << 26;
/// Change the nicknames of members below the own highest role.
pub const MANAGE_NICKNAMES: u64 = 1 << 27;
/// Give and take roles below the own highest one.
pub const MANAGE_ROLES: u64 = 1 << 28;
/// Create, change and see webhooks.
pub const MANAGE_WEBHOOKS: u64 = 1 << 29;
/// Use slash commands.
pub const USE_APPLICATION_COMMANDS: u64 = 1 << 31;
/// Time out members below the own highest role.
pub const MODERATE_MEMBERS: u64 = 1 << 40;
/// Every bit that exists, for administrators and owners.
pub const ALL: u64 = (1 << 53) - 1;

/// What `@everyone` of a new guild may do.
pub const EVERYONE: u64 = VIEW_CHANNEL
    | SEND_MESSAGES
    | EMBED_LINKS
    | ATTACH_FILES
    | READ_MESSAGE_HISTORY
    | USE_EXTERNAL_EMOJIS
    | CHANGE_NICKNAME
    | USE_APPLICATION_COMMANDS;
/// What the role of a bot that joins a guild may do: what a shop's invitation link would ask for.
pub const BOT: u64 = EVERYONE | MANAGE_MESSAGES | MANAGE_ROLES | MANAGE_WEBHOOKS;
/// What both sides of a direct message may do.
pub const DIRECT_MESSAGE: u64 = EVERYONE & !CHANGE_NICKNAME;
/// What is left to a member in a time-out.
const TIMED_OUT: u64 = VIEW_CHANNEL | READ_MESSAGE_HISTORY;

/// The permissions of a member in the whole guild; 0 for strangers.
#[must_use]
pub fn in_guild(guild: &Guild, user: Id) -> u64 {
    if guild.owner == user {
        return ALL;
    }
    let Some(member) = guild.members.get(&user) else { return 0 };
    let everyone = guild.roles.get(&guild.id).map_or(0, |role| role.permissions);
    let granted = member
        .roles
        .iter()
        .filter_map(|id| guild.roles.get(id))
        .fold(everyone, |sum, role| sum | role.permissions);
    match (granted & ADMINISTRATOR == 0, member.is_timed_out()) {
        (false, _) => ALL,
        (true, true) => granted & TIMED_OUT,
        (true, false) => granted,
    }
}

/// The permissions of a member in a channel, overwrites included. Without `VIEW_CHANNEL` nothing is left.
#[must_use]
pub fn in_channel(guild: &Guild, channel: &Channel, user: Id) -> u64 {
    let base = in_guild(guild, user);
    if base == ALL || base == 0 {
        return base;
    }
    let Place::Guild { settings, .. } = &channel.place else { return DIRECT_MESSAGE };
    let roles = guild.members.get(&user).map_or(&[][..], |member| &member.roles);
    let mut granted = base;
    let apply = |granted: u64, ids: &dyn Fn(Id) -> bool| {
        let hits = settings.overwrites.iter().filter(|overwrite| ids(overwrite.id));
        let (allow, deny) = hits.fold((0, 0), |(a, d), o| (a | o.allow, d | o.deny));
        (granted & !deny) | allow
    };
    granted = apply(granted, &|id| id == guild.id);
    granted = apply(granted, &|id| id != guild.id && roles.contains(&id));
    granted = apply(granted, &|id| id == user);
    if guild.members.get(&user).is_some_and(Member::is_timed_out) {
        granted &= TIMED_OUT;
    }
    if granted & VIEW_CHANNEL == 0 { 0 } else { granted }
}

/// The position of a member's highest role; owners stand above all.
#[must_use]
pub fn highest_role(guild: &Guild, user: Id) -> u64 {
    if guild.owner == user {
        return u64::MAX;
    }
    let roles = guild.members.get(&user).map_or(&[][..], |member| &member.roles);
    roles.iter().filter_map(|id| guild.roles.get(id)).map(|role| role.position).max().unwrap_or(0)
}
