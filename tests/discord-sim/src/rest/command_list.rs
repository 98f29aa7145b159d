//! `GET /applications/{id}/commands` and the same per guild. Translations come only when they are asked for.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;

use super::commands::own;
use super::extract::{Asked, Bot, In, flag};
use super::pipeline::Answer;
use crate::id::Id;
use crate::server::{Server, Shared};

/// What a list is asked for.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    #[serde(default, deserialize_with = "flag")]
    with_localizations: bool,
}

/// Lists the global commands.
pub async fn list(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In(application): In<Id>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    all(&server, bot, application, None, &wanted)
}

/// Lists a guild's commands.
pub async fn list_in(
    State(server): State<Shared>,
    Bot(bot): Bot,
    In((application, guild)): In<(Id, Id)>,
    Asked(wanted): Asked<Wanted>,
) -> Answer {
    all(&server, bot, application, Some(guild), &wanted)
}

fn all(server: &Server, bot: Id, application: Id, guild: Option<Id>, wanted: &Wanted) -> Answer {
    let world = server.world();
    own(&world, bot, application, guild)?;
    let registry = world.applications.get(&application).map(|app| &app.commands);
    let commands = registry.into_iter().flat_map(|registry| registry.scope(guild));
    let mut list: Vec<Value> = commands.map(|command| command.json(application)).collect();
    if !wanted.with_localizations {
        list.iter_mut().for_each(untranslate);
    }
    Ok(Json(list.into()))
}

/// Takes the translations out of a command and its options.
fn untranslate(node: &mut Value) {
    let Some(fields) = node.as_object_mut() else { return };
    fields.retain(|name, _| !matches!(name.as_str(), "name_localizations" | "description_localizations"));
    for list in ["options", "choices"] {
        fields.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten().for_each(untranslate);
    }
}
