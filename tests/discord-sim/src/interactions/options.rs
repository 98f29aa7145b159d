//! Turns what a person typed after a slash command into Discord's option objects, checked against the
//! command's definition as a client checks it: required options, choices, lengths and ranges.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::act::{Invocation, Refusal, not_offered};
use super::fields::upload;
use super::resolve::Resolved;
use crate::id::Id;
use crate::world::World;
use crate::world::base::Base;
use crate::world::command::Command;
use crate::world::message::Attachment;

const SUB_COMMAND: u64 = 1;
const SUB_GROUP: u64 = 2;

/// The `options` and `resolved` of a slash command.
pub fn fill(world: &mut World, channel: Id, command: &Command, call: &Invocation) -> Result<Value, Refusal> {
    let mut words: VecDeque<&str> = call.name.trim_start_matches('/').split_whitespace().skip(1).collect();
    let definitions = command.definition["options"].as_array().map_or(&[][..], Vec::as_slice);
    let mut files = Vec::new();
    let mut given = call.options.clone();
    take_files(world, channel, &mut given, &mut files)?;
    let mut filler =
        Filler { resolved: Resolved::new(world, channel), files: &files, focused: call.focused.as_deref() };
    let list = filler.level(definitions, &mut words, &given)?;
    if let Some(word) = words.front() {
        return Err(not_offered(format!("/{} has no sub-command '{word}'", command.name)));
    }
    let mut answer = json!({});
    if !list.is_empty() {
        answer["options"] = Value::Array(list);
    }
    let resolved = filler.resolved.json();
    if resolved.as_object().is_some_and(|resolved| !resolved.is_empty()) {
        answer["resolved"] = resolved;
    }
    Ok(answer)
}

/// The `target_id` and `resolved` of a context menu command.
pub fn target(world: &World, channel: Id, command: &Command, target: Option<Id>) -> Result<Value, Refusal> {
    let id = target.ok_or_else(|| not_offered("a context menu command needs a target_id"))?;
    let mut resolved = Resolved::new(world, channel);
    if command.kind == 2 {
        resolved.user(&id.to_string())?;
    } else {
        resolved.message(&id.to_string())?;
    }
    Ok(json!({ "target_id": id, "resolved": resolved.json() }))
}

/// Replaces every `{filename, content|base64}` by the id of an attachment made of it.
fn take_files(
    world: &mut World,
    channel: Id,
    given: &mut Value,
    files: &mut Vec<Attachment>,
) -> Result<(), Refusal> {
    match given {
        Value::Object(object) if object.contains_key("filename") => {
            let file = upload(world, channel, object)?;
            *given = json!(file.id);
            files.push(file);
            Ok(())
        }
        Value::Object(object) => {
            object.values_mut().try_for_each(|value| take_files(world, channel, value, files))
        }
        Value::Array(list) => list.iter_mut().try_for_each(|value| take_files(world, channel, value, files)),
        _ => Ok(()),
    }
}

struct Filler<'a> {
    resolved: Resolved<'a>,
    files: &'a [Attachment],
    focused: Option<&'a str>,
}

impl Filler<'_> {
    /// The option objects of one level of a command.
    fn level(
        &mut self,
        definitions: &[Value],
        words: &mut VecDeque<&str>,
        given: &Value,
    ) -> Result<Vec<Value>, Refusal> {
        let nests = definitions.iter().any(|definition| matches!(kind(definition), SUB_COMMAND | SUB_GROUP));
        if !nests {
            return self.values(definitions, &by_name(given)?);
        }
        let typed = words.pop_front();
        let (name, inner) = match typed {
            Some(word) => (word.to_owned(), inside(given, word).unwrap_or_else(|| given.clone())),
            None => only_one(given)?,
        };
        let definition = definitions.iter().find(|definition| definition["name"] == *name);
        let Some(definition) = definition else {
            let names: Vec<_> =
                definitions.iter().filter_map(|definition| definition["name"].as_str()).collect();
            return Err(not_offered(format!("there is no sub-command '{name}'; there are {names:?}")));
        };
        let below = definition["options"].as_array().map_or(&[][..], Vec::as_slice);
        let options = self.level(below, words, &inner)?;
        Ok(vec![json!({ "name": name, "type": kind(definition), "options": options })])
    }

    fn values(&mut self, definitions: &[Value], given: &Map<String, Value>) -> Result<Vec<Value>, Refusal> {
        let known = |name: &String| definitions.iter().any(|definition| definition["name"] == *name);
        if let Some(stranger) = given.keys().find(|name| !known(name)) {
            return Err(not_offered(format!("the command has no option '{stranger}'")));
        }
        let mut list = Vec::new();
        for definition in definitions {
            let name = definition["name"].as_str().unwrap_or_default();
            let focused = self.focused == Some(name);
            let Some(value) = given.get(name).filter(|value| !value.is_null()) else {
                let required = definition["required"] == json!(true) && self.focused.is_none();
                if required {
                    return Err(not_offered(format!("option '{name}' is required")));
                }
                if focused {
                    list.push(
                        json!({ "name": name, "type": kind(definition), "value": "", "focused": true }),
                    );
                }
                continue;
            };
            let mut option = json!({ "name": name, "type": kind(definition) });
            if focused {
                // What is being typed is no checked value yet.
                option["value"] = value.as_str().map_or_else(|| json!(value.to_string()), |text| json!(text));
                option["focused"] = json!(true);
            } else {
                option["value"] = self.value(definition, value).map_err(|why| named(name, &why))?;
            }
            list.push(option);
        }
        Ok(list)
    }

    /// One value in the type its definition asks for.
    fn value(&mut self, definition: &Value, given: &Value) -> Result<Value, Refusal> {
        let text = given.as_str().map_or_else(|| given.to_string(), str::to_owned);
        let value = match kind(definition) {
            3 => {
                check_length(definition, &text)?;
                json!(text)
            }
            4 => json!(text.trim().parse::<i64>().map_err(|_| not_offered("is no whole number"))?),
            5 => json!(text.parse::<bool>().map_err(|_| not_offered("is neither true nor false"))?),
            10 => json!(text.trim().parse::<f64>().map_err(|_| not_offered("is no number"))?),
            6 => self.resolved.user(&text).map(|()| json!(text))?,
            7 => self.resolved.channel(&text).map(|()| json!(text))?,
            8 => self.resolved.role(&text).map(|()| json!(text))?,
            9 => self.resolved.mentionable(&text).map(|()| json!(text))?,
            _ => {
                let file = self.files.iter().find(|file| file.id.to_string() == text);
                let file =
                    file.ok_or_else(|| not_offered("must be a file: {\"filename\": .., \"content\": ..}"))?;
                self.resolved.attachment(&text, file.json(&Base::anywhere()));
                json!(text)
            }
        };
        check_range(definition, &value)?;
        check_choices(definition, value)
    }
}

fn named(option: &str, why: &Refusal) -> Refusal {
    not_offered(format!("option '{option}': {why}"))
}

fn kind(definition: &Value) -> u64 {
    definition["type"].as_u64().unwrap_or(0)
}

/// The options given as a map, whether they came as a map or as a list of option objects.
fn by_name(given: &Value) -> Result<Map<String, Value>, Refusal> {
    match given {
        Value::Null => Ok(Map::new()),
        Value::Object(object) => Ok(object.clone()),
        Value::Array(list) => list
            .iter()
            .map(|item| {
                let name = item["name"].as_str().ok_or_else(|| not_offered("every option has a name"))?;
                Ok((name.to_owned(), item["value"].clone()))
            })
            .collect(),
        _ => Err(not_offered("options are a map of names to values or a list of option objects")),
    }
}

/// What is given below a sub-command that was already named.
fn inside(given: &Value, name: &str) -> Option<Value> {
    match given {
        Value::Object(object) => object.get(name).filter(|inner| inner.is_object()).cloned(),
        Value::Array(list) => {
            let item = list.iter().find(|item| item["name"] == name && item["value"].is_null())?;
            Some(item["options"].clone())
        }
        _ => None,
    }
}

/// The one sub-command that is given, with what is below it.
fn only_one(given: &Value) -> Result<(String, Value), Refusal> {
    let needs_one = || not_offered("the command needs one of its sub-commands");
    match given {
        Value::Object(object) if object.len() == 1 => {
            object.iter().next().map(|(name, inner)| (name.clone(), inner.clone())).ok_or_else(needs_one)
        }
        Value::Array(list) if list.len() == 1 => {
            let name = list[0]["name"].as_str().ok_or_else(needs_one)?;
            Ok((name.to_owned(), list[0]["options"].clone()))
        }
        _ => Err(needs_one()),
    }
}

fn check_length(definition: &Value, text: &str) -> Result<(), Refusal> {
    let count = text.chars().count() as u64;
    let min = definition["min_length"].as_u64().unwrap_or(0);
    let max = definition["max_length"].as_u64().unwrap_or(6000);
    if count < min || count > max {
        return Err(not_offered(format!("must have {min} to {max} characters")));
    }
    Ok(())
}

fn check_range(definition: &Value, value: &Value) -> Result<(), Refusal> {
    let Some(number) = value.as_f64() else { return Ok(()) };
    // Discord's clients send no whole number beyond 2^53.
    let min = definition["min_value"].as_f64().unwrap_or(-9_007_199_254_740_992.0);
    let max = definition["max_value"].as_f64().unwrap_or(9_007_199_254_740_992.0);
    if number < min || number > max {
        return Err(not_offered(format!("must be between {min} and {max}")));
    }
    Ok(())
}

/// With choices, a person picks one by its name or its value.
fn check_choices(definition: &Value, value: Value) -> Result<Value, Refusal> {
    let choices = definition["choices"].as_array().filter(|choices| !choices.is_empty());
    let Some(choices) = choices else { return Ok(value) };
    let hit = choices.iter().find(|choice| choice["value"] == value || choice["name"] == value);
    hit.map(|choice| choice["value"].clone())
        .ok_or_else(|| not_offered(format!("{value} is not among the choices")))
}
