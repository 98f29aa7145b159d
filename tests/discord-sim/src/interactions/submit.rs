//! What a person fills into the fields of a modal, and the submission made of it.

use serde_json::{Map, Value, json};

use super::act::{Refusal, not_offered, unknown};
use super::fields::{check_count, check_offered, choose, upload};
use super::resolve::Resolved;
use crate::id::Id;
use crate::rest::validate::modal;
use crate::world::World;
use crate::world::base::Base;
use crate::world::message::Attachment;

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
    let mut files = Map::new();
    for (key, value) in given {
        let mut taken = Vec::new();
        for file in value.as_array().into_iter().flatten().filter_map(Value::as_object) {
            taken.push(upload(world, channel, file)?);
        }
        files.insert(
            key.clone(),
            taken.iter().map(|file: &Attachment| file.json(&Base::anywhere())).collect(),
        );
    }
    let mut filler = Filler { given, files, resolved: Resolved::new(world, channel) };
    let mut parts = Vec::new();
    for component in &components {
        let mut object = json!({ "type": component["type"], "id": component["id"] });
        if component["component"].is_object() {
            object["component"] = filler.field(&component["component"])?;
        } else if let Some(inner) = component["components"].get(0) {
            object["components"] = json!([filler.field(inner)?]);
        }
        parts.push(object);
    }
    Ok((Value::Array(parts), filler.resolved.json()))
}

struct Filler<'a> {
    given: &'a Map<String, Value>,
    /// Attachment objects by field.
    files: Map<String, Value>,
    resolved: Resolved<'a>,
}

impl Filler<'_> {
    fn field(&mut self, definition: &Value) -> Result<Value, Refusal> {
        let custom_id = definition["custom_id"].as_str().unwrap_or_default();
        let mut object =
            json!({ "type": definition["type"], "id": definition["id"], "custom_id": custom_id });
        let value = self.given.get(custom_id).unwrap_or(&Value::Null);
        let (key, value) = match definition["type"].as_u64() {
            Some(4) => ("value", text(definition, value)),
            Some(21) => ("value", radio(definition, value)),
            Some(23) => ("value", checkbox(definition, value)),
            Some(22) => ("values", checkboxes(definition, value)),
            Some(19) => ("values", self.uploads(definition, custom_id)),
            _ => ("values", self.choices(definition, value)),
        };
        object[key] = value.map_err(|why| not_offered(format!("field '{custom_id}': {why}")))?;
        Ok(object)
    }

    fn choices(&mut self, definition: &Value, given: &Value) -> Result<Value, Refusal> {
        let values = chosen(definition, given);
        if is_filled(definition, values.is_empty())? {
            choose(definition, &values, &mut self.resolved)?;
        }
        Ok(json!(values))
    }

    fn uploads(&mut self, definition: &Value, custom_id: &str) -> Result<Value, Refusal> {
        let files = self.files.get(custom_id).and_then(Value::as_array).cloned().unwrap_or_default();
        if is_filled(definition, files.is_empty())? {
            check_count(definition, files.len(), 1)?;
        }
        let ids = files.iter().map(|file| file["id"].clone()).collect();
        for file in files {
            let id = file["id"].as_str().unwrap_or_default().to_owned();
            self.resolved.attachment(&id, file);
        }
        Ok(ids)
    }
}

fn required(definition: &Value) -> bool {
    definition["required"] != json!(false)
}

/// Whether there is something to check; refuses to leave empty what is required.
fn is_filled(definition: &Value, empty: bool) -> Result<bool, Refusal> {
    if empty && required(definition) { Err(not_offered("is required")) } else { Ok(!empty) }
}

/// The values given as one text or a list; those chosen from the start if nothing is given.
fn chosen(definition: &Value, given: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let of = |list: &Value, key: &str| -> Vec<String> {
        list.as_array().into_iter().flatten().filter_map(|item| text(&item[key])).collect()
    };
    match given {
        Value::Null if definition["default_values"].is_array() => of(&definition["default_values"], "id"),
        Value::Null => {
            let options = definition["options"].as_array().into_iter().flatten();
            let marked = options.filter(|option| option["default"] == json!(true));
            marked.filter_map(|option| text(&option["value"])).collect()
        }
        Value::Array(list) => list.iter().filter_map(text).collect(),
        one => text(one).into_iter().collect(),
    }
}

fn radio(definition: &Value, given: &Value) -> Result<Value, Refusal> {
    let values = chosen(definition, given);
    if is_filled(definition, values.is_empty())? {
        check_count(&Value::Null, values.len(), 1)?;
    }
    values.iter().try_for_each(|value| check_offered(definition, value))?;
    Ok(values.first().map_or(Value::Null, |value| json!(value)))
}

fn checkboxes(definition: &Value, given: &Value) -> Result<Value, Refusal> {
    let values = chosen(definition, given);
    let options = definition["options"].as_array().map_or(0, Vec::len) as u64;
    if is_filled(definition, values.is_empty())? {
        check_count(definition, values.len(), options)?;
    }
    values.iter().try_for_each(|value| check_offered(definition, value))?;
    Ok(json!(values))
}

fn checkbox(definition: &Value, given: &Value) -> Result<Value, Refusal> {
    match given {
        Value::Null => Ok(json!(definition["default"] == json!(true))),
        Value::Bool(_) => Ok(given.clone()),
        _ => Err(not_offered("is true or false")),
    }
}

fn text(definition: &Value, given: &Value) -> Result<Value, Refusal> {
    let text = match given {
        Value::Null => definition["value"].as_str().unwrap_or_default().to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let needed = u64::from(required(definition));
    let count = text.chars().count() as u64;
    let min = definition["min_length"].as_u64().unwrap_or(needed).max(needed);
    let max = definition["max_length"].as_u64().unwrap_or(4000);
    let blank_is_fine = text.is_empty() && needed == 0;
    if blank_is_fine || (min..=max).contains(&count) {
        return Ok(json!(text));
    }
    Err(not_offered(format!("must have {min} to {max} characters, not {count}")))
}
