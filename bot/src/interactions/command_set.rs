//! Keeps the guild's slash commands as `commands` defines them: compared with what Discord has, sent only if it has others.

use serde_json::Value;
use stockbot_config::exit::Reason;

use super::commands::definitions;
use crate::{
    discord::{Rest, RestError},
    exit::Exit,
};

/// Why the guild's commands could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Discord.
    #[error("looking after the guild's commands: {0}")]
    Discord(#[from] RestError),
    /// Not reached by the definitions above.
    #[error("looking after the guild's commands: {0}")]
    Encode(#[from] serde_json::Error),
}

impl From<RegisterError> for Exit {
    fn from(error: RegisterError) -> Self {
        let reason = match error {
            RegisterError::Discord(_) => Reason::DiscordUnavailable,
            RegisterError::Encode(_) => Reason::Crashed,
        };
        Self::new(reason, error.to_string())
    }
}

/// Registers the commands unless the guild has exactly these: it may have lost them with the bot's membership.
pub async fn register(
    rest: &Rest,
    application: u64,
    guild: u64,
    max_quantity: i32,
) -> Result<(), RegisterError> {
    let wanted: Value = serde_json::to_value(definitions(max_quantity))?;
    if essence(&rest.commands(application, guild).await?) == essence(&wanted) {
        return Ok(());
    }
    rest.put_commands(application, guild, wanted).await?;
    tracing::info!(guild, "slash commands registered");
    Ok(())
}

/// What a command, option or choice can say; whatever else Discord tells of it is not ours.
const SAID: [&str; 16] = [
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "type",
    "options",
    "choices",
    "value",
    "required",
    "autocomplete",
    "min_value",
    "max_value",
    "min_length",
    "max_length",
    "channel_types",
    "default_member_permissions",
];

/// A command set without the ways in which Discord writes it otherwise: the order of commands, fields that are left out and
/// fields that say nothing.
fn essence(commands: &Value) -> Vec<Value> {
    let mut commands: Vec<Value> = commands.as_array().into_iter().flatten().map(node).collect();
    for command in commands.iter_mut().filter_map(Value::as_object_mut) {
        command.entry("type").or_insert(1.into());
    }
    commands.sort_by_cached_key(Value::to_string);
    commands
}

fn node(node: &Value) -> Value {
    let Some(fields) = node.as_object() else { return node.clone() };
    let said = fields.iter().filter(|(name, _)| SAID.contains(&name.as_str()));
    said.filter(|(_, value)| !says_nothing(value))
        .map(|(name, value)| {
            let value = match value {
                Value::Array(nodes) => nodes.iter().map(self::node).collect(),
                value => value.clone(),
            };
            (name.clone(), value)
        })
        .collect()
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(true) | Value::Number(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_discord_tells_of_the_same_commands_is_the_same() {
        let wanted = serde_json::to_value(definitions(999)).unwrap();
        let mut told = wanted.clone();
        let commands = told.as_array_mut().unwrap();
        commands.reverse();
        for command in commands {
            let command = command.as_object_mut().unwrap();
            command.insert("id".into(), "7".into());
            command.insert("version".into(), "8".into());
            command.insert("nsfw".into(), false.into());
            command.entry("type").or_insert(1.into());
            command.entry("default_member_permissions").or_insert(Value::Null);
            for option in command.get_mut("options").and_then(Value::as_array_mut).into_iter().flatten() {
                option.as_object_mut().unwrap().retain(|_, value| value != &Value::Bool(false));
            }
        }
        assert_eq!(essence(&told), essence(&wanted));
    }

    #[test]
    fn another_limit_text_or_command_is_noticed() {
        let of = |most| serde_json::to_value(definitions(most)).unwrap();
        assert_ne!(essence(&of(999)), essence(&of(5)), "a changed limit");
        let mut other = of(999);
        other[0]["options"][0]["description_localizations"]["id"] = "lain".into();
        assert_ne!(essence(&of(999)), essence(&other), "a changed translation");
        other = of(999);
        other.as_array_mut().unwrap().pop();
        assert_ne!(essence(&of(999)), essence(&other), "a missing command");
    }
}
