//! How an interaction stands, as the control API and the page tell it, and waiting for its final answer.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::id::Id;
use crate::server::Server;
use crate::time::iso;
use crate::world::World;
use crate::world::base::Base;
use crate::world::interaction::{Interaction, Progress};

/// `GET /_sim/interactions/{id}`.
#[must_use]
pub fn json_of(server: &Server, world: &World, interaction: &Interaction, base: &Base) -> Value {
    let rendered = |id: &Id| world.message(*id).map(|message| world.message_json(message, base));
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let said = interaction.said.as_ref();
    let callback = said.and_then(|said| said.callback.as_deref()).map(parsed);
    let edits: Vec<Value> =
        said.map(|said| said.edits.iter().map(|body| parsed(body)).collect()).unwrap_or_default();
    json!({
        "interaction_id": interaction.id,
        "id": interaction.id,
        "type": interaction.kind,
        "application_id": interaction.application,
        "user_id": interaction.user,
        "guild_id": interaction.guild,
        "channel_id": interaction.channel,
        "message_id": interaction.source,
        "token": interaction.token(),
        "state": interaction.state(server.options.answer_within, server.options.token_life),
        "received_at": iso(interaction.received),
        "acknowledged_ms": interaction.acknowledged.map(crate::time::millis),
        "choices": callback.as_ref().map(|callback| callback["data"]["choices"].clone()),
        "callback": callback,
        "response": interaction.original.as_ref().and_then(rendered),
        "edits": edits,
        "followups": interaction.followups.iter().filter_map(rendered).collect::<Vec<_>>(),
        "modal": said.and_then(|said| said.modal.as_deref()).map(parsed),
        "forgotten": said.is_none(),
        "delivered_to": interaction.delivered_to,
    })
}

/// Whether nothing more is to be waited for.
fn is_final(server: &Server, interaction: &Interaction) -> bool {
    match interaction.progress {
        Progress::Waiting => interaction.age() > server.options.answer_within,
        Progress::Deferred => interaction.age() > server.options.token_life,
        _ => true,
    }
}

/// Waits until an interaction has its final answer, has failed, or the time is over; then tells how it stands.
pub async fn wait(server: &Server, id: Id, time: Duration, base: &Base) -> Option<Value> {
    let deadline = Instant::now() + time;
    loop {
        let (changed, next) = {
            let world = server.world();
            let interaction = world.interactions.get(&id)?;
            if is_final(server, interaction) || Instant::now() >= deadline {
                return Some(json_of(server, &world, interaction, base));
            }
            // Failing is the passing of time, which notifies nobody.
            let left =
                server.options.answer_within.saturating_sub(interaction.age()) + Duration::from_millis(1);
            let waiting = interaction.progress == Progress::Waiting;
            (interaction.changed.clone().notified_owned(), if waiting { left } else { time })
        };
        // A change, the interaction's own clock or the deadline: all lead to looking again.
        let _ = timeout_at(deadline.min(Instant::now() + next), changed).await;
    }
}
