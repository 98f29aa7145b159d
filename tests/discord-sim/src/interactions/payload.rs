//! The interaction object bots get.

use std::collections::VecDeque;

use rand::RngExt;
use serde_json::{Value, json};

use crate::id::Id;
use crate::world::World;
use crate::world::base::Base;
use crate::world::interaction::{Interaction, Progress, Said};
use crate::world::message::{Cause, Used};

/// Bytes a bot may send as one file: 10 MiB.
const ATTACHMENT_BYTES: u64 = 10 << 20;

/// What a new interaction is made of.
#[derive(Debug)]
pub struct New {
    /// Whose component or command.
    pub application: Id,
    /// Command, component, autocomplete or modal.
    pub kind: u64,
    /// Who.
    pub user: Id,
    /// Where.
    pub channel: Id,
    /// The message concerned.
    pub source: Option<Id>,
    /// The command used.
    pub used: Option<Used>,
    /// For a modal sent off: the interaction that opened it.
    pub trigger: Option<Cause>,
    /// `data` of the object.
    pub data: Value,
}

/// Makes the interaction with its payload; it is not yet in the world.
#[must_use]
pub fn make(world: &mut World, new: &New) -> Interaction {
    let guild = world.channels.get(&new.channel).and_then(crate::world::channel::Channel::guild);
    let mut interaction = Interaction {
        id: world.ids.make(),
        secret: world.rng.random(),
        application: new.application,
        kind: new.kind,
        user: new.user,
        guild,
        channel: new.channel,
        source: new.source,
        used: new.used.clone(),
        trigger: new.trigger.clone(),
        received: jiff::Timestamp::now(),
        started: std::time::Instant::now(),
        aged: std::time::Duration::ZERO,
        acknowledged: None,
        callback: None,
        progress: Progress::Waiting,
        original: None,
        followups: Vec::new(),
        delivered_to: VecDeque::new(),
        said: None,
        changed: std::sync::Arc::default(),
    };
    let payload = object(world, &interaction, new).to_string().into();
    interaction.said = Some(Said { payload, callback: None, edits: VecDeque::new(), modal: None });
    interaction
}

fn object(world: &World, interaction: &Interaction, new: &New) -> Value {
    let guild = interaction.guild;
    let channel = world.channels.get(&new.channel);
    let permissions = |user| channel.map_or(0, |channel| world.permissions(channel, user)).to_string();
    let owner = guild.map_or_else(|| "0".to_owned(), |guild| guild.to_string());
    let mut object = json!({
        "id": interaction.id,
        "application_id": new.application,
        "type": new.kind,
        "token": interaction.token(),
        "version": 1,
        "channel_id": new.channel,
        "channel": channel.map(|channel| world.channel_json(channel)),
        "data": new.data,
        "locale": world.users.get(&new.user).map(|user| user.locale.clone()),
        "app_permissions": permissions(new.application),
        "attachment_size_limit": ATTACHMENT_BYTES,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": { "0": owner },
        "context": u8::from(guild.is_none()),
    });
    if let Some(message) = new.source.and_then(|id| world.message(id)) {
        object["message"] = world.message_json(message, &Base::anywhere());
    }
    let Some(guild) = guild.and_then(|id| world.guilds.get(&id)) else {
        object["user"] = world.user_json(new.user);
        return object;
    };
    object["guild_id"] = json!(guild.id);
    object["guild_locale"] = json!(guild.locale);
    object["guild"] = json!({ "id": guild.id, "locale": guild.locale, "features": [] });
    if let Some(member) = guild.members.get(&new.user) {
        object["member"] = world.member_json(member);
        object["member"]["permissions"] = json!(permissions(new.user));
    }
    object
}
