//! `POST /_sim/users/{u}/...`: what people do. With `?wait=5s` the answer has what became of it.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::error::{Answer, Asked, At, ControlError, Given};
use crate::id::Id;
use crate::interactions::act::{self, Invocation};
use crate::interactions::status;
use crate::interactions::write;
use crate::server::{Server, Shared};
use crate::world::World;
use crate::world::base::Base;

/// How long to wait for the final answer.
#[derive(Debug, Deserialize)]
pub struct Wait {
    #[serde(default, deserialize_with = "crate::time::text::option::deserialize")]
    wait: Option<Duration>,
}

async fn conclude(server: &Server, id: Id, wait: &Wait, base: &Base) -> Answer {
    let Some(time) = wait.wait else { return Ok(Json(json!({ "interaction_id": id }))) };
    let known = status::wait(server, id, time, base).await;
    known.map(Json).ok_or_else(|| ControlError::unknown("the interaction was forgotten meanwhile"))
}

/// A button to click.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Click {
    message_id: Id,
    custom_id: String,
}

/// Clicks a button.
pub async fn click(
    State(server): State<Shared>,
    At(user): At<Id>,
    Asked(wait): Asked<Wait>,
    base: Base,
    Given(given): Given<Click>,
) -> Answer {
    let id = act::click(&server, user, given.message_id, &given.custom_id)?;
    conclude(&server, id, &wait, &base).await
}

/// Values to choose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Select {
    message_id: Id,
    custom_id: String,
    values: Vec<String>,
}

/// Chooses values of a select.
pub async fn select(
    State(server): State<Shared>,
    At(user): At<Id>,
    Asked(wait): Asked<Wait>,
    base: Base,
    Given(given): Given<Select>,
) -> Answer {
    let id = act::select(&server, user, given.message_id, &given.custom_id, &given.values)?;
    conclude(&server, id, &wait, &base).await
}

/// A modal to send off.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submit {
    interaction_id: Id,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// Sends off a modal.
pub async fn submit(
    State(server): State<Shared>,
    At(user): At<Id>,
    Asked(wait): Asked<Wait>,
    base: Base,
    Given(given): Given<Submit>,
) -> Answer {
    let id = act::submit(&server, user, given.interaction_id, &given.fields)?;
    conclude(&server, id, &wait, &base).await
}

/// A command to use.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Command {
    guild_id: Option<Id>,
    channel_id: Option<Id>,
    application_id: Option<Id>,
    name: String,
    #[serde(default)]
    options: Value,
    target_id: Option<Id>,
    focused: Option<String>,
}

impl Command {
    fn invocation(self, world: &World) -> Result<Invocation, ControlError> {
        let first = || world.guilds.get(&self.guild_id?)?.channels.first().copied();
        let channel = self.channel_id.or_else(first);
        let channel =
            channel.ok_or_else(|| ControlError::bad("give a channel_id, or a guild_id with a channel"))?;
        let guild = world.channels.get(&channel).and_then(crate::world::channel::Channel::guild);
        if self.guild_id.is_some() && self.guild_id != guild {
            return Err(ControlError::bad(format!("channel {channel} is not in this guild")));
        }
        Ok(Invocation {
            application: self.application_id,
            channel,
            name: self.name,
            options: self.options,
            target: self.target_id,
            focused: self.focused,
        })
    }
}

/// Uses a command.
pub async fn command(
    State(server): State<Shared>,
    At(user): At<Id>,
    Asked(wait): Asked<Wait>,
    base: Base,
    Given(given): Given<Command>,
) -> Answer {
    let call = given.invocation(&server.world())?;
    if call.focused.is_some() {
        return Err(ControlError::bad("'focused' belongs to autocomplete"));
    }
    let id = act::command(&server, user, &call)?;
    conclude(&server, id, &wait, &base).await
}

/// Types an option and asks for suggestions. Without `focused` it is the last option given.
pub async fn autocomplete(
    State(server): State<Shared>,
    At(user): At<Id>,
    Asked(wait): Asked<Wait>,
    base: Base,
    Given(given): Given<Command>,
) -> Answer {
    let mut call = given.invocation(&server.world())?;
    if call.focused.is_none() {
        call.focused = last_option(&call.options);
    }
    if call.focused.is_none() {
        return Err(ControlError::bad("name the option being typed as 'focused'"));
    }
    let id = act::command(&server, user, &call)?;
    conclude(&server, id, &wait, &base).await
}

/// The name of the option marked `focused`, or of the last one.
fn last_option(options: &Value) -> Option<String> {
    match options {
        Value::Object(object) => {
            let (name, value) = object.iter().next_back()?;
            last_option(value).or_else(|| Some(name.clone()))
        }
        Value::Array(list) => {
            let item = list.iter().find(|item| item["focused"] == json!(true)).or_else(|| list.last())?;
            last_option(&item["options"]).or_else(|| item["name"].as_str().map(str::to_owned))
        }
        _ => None,
    }
}

/// A message to write.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    channel_id: Id,
    content: String,
}

/// Writes a message.
pub async fn message(State(server): State<Shared>, At(user): At<Id>, Given(given): Given<Message>) -> Answer {
    let id = write::write(&server, user, given.channel_id, &given.content)?;
    Ok(Json(json!({ "message_id": id })))
}
