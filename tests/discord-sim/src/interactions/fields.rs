//! What a person chooses in selects and uploads, checked as a client checks it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value};

use super::act::{Refusal, not_offered};
use super::resolve::Resolved;
use crate::id::Id;
use crate::rest::payload::guess_type;
use crate::world::World;
use crate::world::message::{Attachment, Words};

/// Checks the values chosen in a select, and resolves the objects behind them.
pub fn choose(select: &Value, values: &[String], resolved: &mut Resolved<'_>) -> Result<(), Refusal> {
    check_count(select, values.len(), 1)?;
    for value in values {
        match select["type"].as_u64() {
            Some(3) => check_offered(select, value)?,
            Some(5) => resolved.user(value)?,
            Some(6) => resolved.role(value)?,
            Some(7) => resolved.mentionable(value)?,
            _ => resolved.channel(value)?,
        }
    }
    Ok(())
}

/// As many values as `min_values` and `max_values` say, one to `most` if they say nothing.
pub fn check_count(definition: &Value, count: usize, most: u64) -> Result<(), Refusal> {
    let min = definition["min_values"].as_u64().unwrap_or(1);
    let max = definition["max_values"].as_u64().unwrap_or(most);
    if (min..=max).contains(&(count as u64)) {
        return Ok(());
    }
    Err(not_offered(format!("{min} to {max} values can be chosen, not {count}")))
}

/// The value is that of an option.
pub fn check_offered(definition: &Value, value: &str) -> Result<(), Refusal> {
    let options = definition["options"].as_array().map_or(&[][..], Vec::as_slice);
    if options.iter().any(|option| option["value"] == *value) {
        return Ok(());
    }
    let offered: Vec<_> = options.iter().filter_map(|option| option["value"].as_str()).collect();
    Err(not_offered(format!("'{value}' is not offered; there are {offered:?}")))
}

/// Makes an attachment of `{filename, content}` or `{filename, base64}`.
pub fn upload(world: &mut World, channel: Id, given: &Map<String, Value>) -> Result<Attachment, Refusal> {
    let text = |key: &str| given.get(key).and_then(Value::as_str);
    let filename = text("filename").unwrap_or("file.txt").to_owned();
    let data = match (text("content"), text("base64")) {
        (Some(content), _) => content.as_bytes().to_vec(),
        (None, Some(encoded)) => {
            BASE64_STANDARD.decode(encoded).map_err(|error| not_offered(format!("base64: {error}")))?
        }
        _ => return Err(not_offered("a file needs 'content' (text) or 'base64'")),
    };
    let content_type = text("content_type").unwrap_or_else(|| guess_type(&filename)).to_owned();
    let id = world.ids.make();
    let file = Attachment {
        id,
        channel,
        filename,
        words: Words::default(),
        content_type,
        size: data.len(),
        ephemeral: true,
    };
    world.keep_file(file.clone(), data.into());
    Ok(file)
}
