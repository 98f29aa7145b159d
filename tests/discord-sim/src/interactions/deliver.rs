//! Hands an interaction to its application: through the gateway, or by HTTP if it has an address for that.

use serde_json::json;

use super::http;
use super::payload::{self, New};
use crate::id::Id;
use crate::server::Shared;
use crate::world::World;

/// Puts a new interaction into the world and delivers it.
pub fn deliver(server: &Shared, world: &mut World, new: &New) -> Id {
    let interaction = payload::make(world, new);
    let id = interaction.id;
    let entry = json!({
        "id": id,
        "event": "created",
        "type": interaction.kind,
        "application_id": interaction.application,
        "user_id": interaction.user,
        "channel_id": interaction.channel,
        "message_id": interaction.source,
        "data": new.data,
    });
    server.log.add("interaction", &entry);
    world.remember_interaction(interaction);
    send(server, world, id);
    id
}

/// Delivers an interaction that is in the world, once more if it was delivered before. To how many.
pub fn send(server: &Shared, world: &mut World, id: Id) -> usize {
    let Some(interaction) = world.interactions.get(&id) else { return 0 };
    let (application, guild) = (interaction.application, interaction.guild);
    let Some(payload) = interaction.said.as_ref().map(|said| said.payload.clone()) else { return 0 };
    let url = world.applications.get(&application).and_then(|app| app.interactions_url.clone());
    let reached = match url {
        Some(url) => {
            tokio::spawn(http::deliver(server.clone(), id, application, url, payload));
            vec!["http".to_owned()]
        }
        None => world.dispatch(application, guild, 0, "INTERACTION_CREATE", &payload),
    };
    server.log.add("interaction", &json!({ "id": id, "event": "delivered", "to": reached }));
    let count = reached.len();
    if let Some(interaction) = world.interactions.get_mut(&id) {
        interaction.delivered(reached);
    }
    count
}
