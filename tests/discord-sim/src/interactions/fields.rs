//! What a person fills into selects and modals, checked as a client checks it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Map, Value, json};

use super::act::{Refusal, not_offered, unknown};
use super::resolve::Resolved;
use crate::id::Id;
use crate::rest::payload::guess_type;
use crate::rest::validate::modal;
use crate::world::World;
use crate::world::base::Base;
use crate::world::message::Attachment;

/// Checks the values chosen in a select, and resolves the objects behind them.
pub fn choose(select: &Value, values: &[String], resolved: &mut Resolved<'_>) -> Result<(), Refusal> {
    let min = select["min_values"].as_u64().unwrap_or(1);
    let max = select["max_values"].as_u64().unwrap_or(1);
    let count = values.len() as u64;
    if count < min || count > max {
        return Err(not_offered(format!("{min} to {max} values can be chosen, not {count}")));
    }
    for value in values {
        match select["type"].as_u64() {
            Some(3) => {
                let options = select["options"].as_array().map_or(&[][..], Vec::as_slice);
                if !options.iter().any(|option| option["value"] == **value) {
                    let offered: Vec<_> =
                        options.iter().filter_map(|option| option["value"].as_str()).collect();
                    return Err(not_offered(format!("'{value}' is not offered; there are {offered:?}")));
                }
            }
            Some(5) => resolved.user(value)?,
            Some(6) => resolved.role(value)?,
            Some(7) => resolved.mentionable(value)?,
            _ => resolved.channel(value)?,
        }
    }
    Ok(())
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
        description: None,
        content_type,
        size: data.len(),
        ephemeral: true,
    };
    world.keep_file(file.clone(), data.into());
    Ok(file)
}

/// The `components` of a modal's submission, in the layout of the modal, and `resolved`.
pub fn fill(
    world: &mut World,
    channel: Id,
    modal: &Value,
    given: &Map<String, Value>,
) -> Result<(Value, Value), Refusal> {
    let components = modal["components"].as_array().cloned().unwrap_or_default();
    let known: Vec<&str> =
        modal::fields(&components).iter().filter_map(|field| field.get("custom_id")?.as_str()).collect();
    if let Some(stranger) = given.keys().find(|key| !known.contains(&key.as_str())) {
        return Err(unknown(format!("the modal has no field '{stranger}'; it has {known:?}")));
    }
    let mut files = Vec::new();
    for value in given.values() {
        for file in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
            files.push(upload(world, channel, file)?);
        }
    }
    let mut resolved = Resolved::new(world, channel);
    let mut files = files.into_iter();
    let mut filled = Vec::new();
    for component in &components {
        let mut object = json!({ "type": component["type"], "id": component["id"] });
        if component["component"].is_object() {
            object["component"] = field(&component["component"], given, &mut resolved, &mut files)?;
        } else if let Some(inner) = component["components"].get(0) {
            object["components"] = json!([field(inner, given, &mut resolved, &mut files)?]);
        }
        filled.push(object);
    }
    Ok((Value::Array(filled), resolved.json()))
}

fn field(
    definition: &Value,
    given: &Map<String, Value>,
    resolved: &mut Resolved<'_>,
    files: &mut impl Iterator<Item = Attachment>,
) -> Result<Value, Refusal> {
    let custom_id = definition["custom_id"].as_str().unwrap_or_default();
    let value = given.get(custom_id).cloned().unwrap_or(Value::Null);
    let required = definition["required"] != json!(false);
    let mut object = json!({ "type": definition["type"], "id": definition["id"], "custom_id": custom_id });
    let wrong = |why: &Refusal| not_offered(format!("field '{custom_id}': {why}"));
    if definition["type"] == 4 {
        object["value"] = text(definition, &value, required).map_err(|why| wrong(&why))?;
        return Ok(object);
    }
    let list = value
        .as_array()
        .cloned()
        .unwrap_or_else(|| value.as_str().map(|one| json!(one)).into_iter().collect());
    if list.is_empty() && required {
        return Err(wrong(&not_offered("is required")));
    }
    if definition["type"] == 19 {
        let taken: Vec<_> = files.take(list.len()).collect();
        for file in &taken {
            resolved.attachment(&file.id.to_string(), file.json(&Base::anywhere()));
        }
        object["values"] = taken.iter().map(|file| json!(file.id)).collect();
        return Ok(object);
    }
    let values: Vec<String> = list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect();
    if !values.is_empty() {
        choose(definition, &values, resolved).map_err(|why| wrong(&why))?;
    }
    object["values"] = json!(values);
    Ok(object)
}

fn text(definition: &Value, given: &Value, required: bool) -> Result<Value, Refusal> {
    let prefilled = definition["value"].as_str().unwrap_or_default();
    let text = match given {
        Value::Null => prefilled.to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let count = text.chars().count() as u64;
    let min = definition["min_length"].as_u64().unwrap_or(u64::from(required));
    let max = definition["max_length"].as_u64().unwrap_or(4000);
    let blank_is_fine = text.is_empty() && !required;
    if !blank_is_fine && (count < min.max(u64::from(required)) || count > max) {
        return Err(not_offered(format!("must have {min} to {max} characters, not {count}")));
    }
    Ok(json!(text))
}
