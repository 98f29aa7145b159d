//! Hands an interaction to its application: through the gateway, or by HTTP if it has an address for that.

use serde_json::json;

use super::http;
use crate::id::Id;
use crate::server::Shared;
use crate::world::World;
use crate::world::interaction::Interaction;

/// Puts a new interaction into the world and delivers it.
pub fn deliver(server: &Shared, world: &mut World, interaction: Interaction) -> Id {
    let id = interaction.id;
    let entry = json!({
        "id": id,
        "event": "created",
        "type": interaction.kind,
        "application_id": interaction.application,
        "user_id": interaction.user,
        "channel_id": interaction.channel,
        "message_id": interaction.source,
        "data": interaction.payload["data"],
    });
    server.log.add("interaction", &entry);
    world.remember_interaction(interaction);
    send(server, world, id);
    id
}

/// Delivers an interaction that is in the world, once more if it was delivered before.
pub fn send(server: &Shared, world: &mut World, id: Id) {
    let Some(interaction) = world.interactions.get(&id) else { return };
    let (application, guild, payload) =
        (interaction.application, interaction.guild, interaction.payload.clone());
    let url = world.applications.get(&application).and_then(|app| app.interactions_url.clone());
    let reached = match url {
        Some(url) => {
            tokio::spawn(http::deliver(server.clone(), id, url, payload));
            vec!["http".to_owned()]
        }
        None => world.dispatch(application, guild, 0, "INTERACTION_CREATE", &payload),
    };
    server.log.add("interaction", &json!({ "id": id, "event": "delivered", "to": reached }));
    if let Some(interaction) = world.interactions.get_mut(&id) {
        interaction.delivered_to.extend(reached);
    }
}
