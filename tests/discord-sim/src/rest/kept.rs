//! What is kept of components and commands that were cast and checked: the fields Discord knows, with those filled in
//! that it fills in. Nothing comes back as a mere echo.

use serde_json::{Map, Value, json};

use super::validate::form::{Object, present};

/// The fields of an object that are kept.
struct Kept<'a> {
    from: &'a Object,
    object: Object,
}

impl<'a> Kept<'a> {
    fn of(from: &'a Object) -> Self {
        Self { from, object: Map::new() }
    }

    /// Fields that are kept if they are said.
    fn some(mut self, keys: &[&str]) -> Self {
        for key in keys {
            if let Some(value) = present(self.from, key) {
                self.object.insert((*key).to_owned(), value.clone());
            }
        }
        self
    }

    /// A field that is filled in if it is not said.
    fn or(mut self, key: &str, default: Value) -> Self {
        let value = present(self.from, key).cloned().unwrap_or(default);
        self.object.insert(key.to_owned(), value);
        self
    }

    /// An object in a field.
    fn inner(mut self, key: &str, keep: impl Fn(&Object) -> Value) -> Self {
        if let Some(Value::Object(inner)) = present(self.from, key) {
            self.object.insert(key.to_owned(), keep(inner));
        }
        self
    }

    /// A list of objects in a field.
    fn each(mut self, key: &str, keep: impl Fn(&Object) -> Value) -> Self {
        if let Some(Value::Array(list)) = present(self.from, key) {
            let kept = list.iter().filter_map(Value::as_object).map(keep).collect();
            self.object.insert(key.to_owned(), Value::Array(kept));
        }
        self
    }

    fn done(self) -> Value {
        Value::Object(self.object)
    }
}

/// A list of components, of a message or a modal.
#[must_use]
pub fn components(list: &[Value]) -> Vec<Value> {
    list.iter().filter_map(Value::as_object).map(component).collect()
}

fn component(given: &Object) -> Value {
    let kept = Kept::of(given).some(&["type", "id"]);
    let kept = match given.get("type").and_then(Value::as_i64).unwrap_or_default() {
        1 => kept.each("components", component),
        2 => kept.some(&["style", "label", "custom_id", "url", "sku_id", "disabled"]).inner("emoji", emoji),
        3 | 5..=8 => select(kept),
        4 => kept.some(&[
            "custom_id",
            "style",
            "label",
            "min_length",
            "max_length",
            "placeholder",
            "required",
            "value",
        ]),
        9 => kept.each("components", component).inner("accessory", component),
        10 => kept.some(&["content"]),
        11 => described(kept).inner("media", media),
        12 => kept.each("items", |item| described(Kept::of(item)).inner("media", media).done()),
        13 => kept.or("spoiler", json!(false)).inner("file", media),
        14 => kept.or("divider", json!(true)).or("spacing", json!(1)),
        17 => kept.or("accent_color", Value::Null).or("spoiler", json!(false)).each("components", component),
        18 => kept.some(&["label", "description"]).inner("component", component),
        19 => kept.some(&["custom_id", "min_values", "max_values", "required"]),
        21 | 22 => kept.some(&["custom_id", "min_values", "max_values", "required"]).each("options", option),
        23 => kept.some(&["custom_id", "default"]),
        _ => kept,
    };
    kept.done()
}

fn select(kept: Kept) -> Kept {
    let kept = kept
        .some(&["custom_id", "placeholder", "disabled", "required", "channel_types"])
        .or("min_values", json!(1))
        .or("max_values", json!(1));
    kept.each("options", option).each("default_values", |value| Kept::of(value).some(&["id", "type"]).done())
}

fn option(given: &Object) -> Value {
    Kept::of(given).some(&["label", "value", "description", "default"]).inner("emoji", emoji).done()
}

/// Emoji of Unicode have a name alone; the names of others are the guild's, of which there are none here.
fn emoji(given: &Object) -> Value {
    Kept::of(given).some(&["id", "animated"]).or("name", json!("_")).done()
}

fn described(kept: Kept) -> Kept {
    kept.or("description", Value::Null).or("spoiler", json!(false))
}

fn media(given: &Object) -> Value {
    Kept::of(given).some(&["url"]).done()
}

/// The definition of a command.
#[must_use]
pub fn command(given: &Object) -> Object {
    let kept = Kept::of(given)
        .some(&[
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "default_member_permissions",
            "dm_permission",
            "contexts",
            "integration_types",
            "nsfw",
        ])
        .each("options", command_option);
    kept.object
}

fn command_option(given: &Object) -> Value {
    let kept = Kept::of(given)
        .some(&[
            "type",
            "name",
            "name_localizations",
            "description",
            "description_localizations",
            "required",
            "channel_types",
            "min_value",
            "max_value",
            "min_length",
            "max_length",
            "autocomplete",
        ])
        .each("choices", |choice| Kept::of(choice).some(&["name", "name_localizations", "value"]).done())
        .each("options", command_option);
    kept.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_has_what_discord_fills_in_and_nothing_it_does_not_know() {
        let select = json!({
            "type": 3, "custom_id": "s", "junk": 1, "placeholder": null,
            "options": [{ "label": "A", "value": "a", "junk": 2, "emoji": { "id": null, "name": "🔥" } }],
        });
        let expected = json!({
            "type": 3, "custom_id": "s", "min_values": 1, "max_values": 1,
            "options": [{ "label": "A", "value": "a", "emoji": { "name": "🔥" } }],
        });
        assert_eq!(components(&[select]), [expected]);
        let container = json!({ "type": 17, "components": [{ "type": 14 }] });
        let expected = json!({
            "type": 17, "accent_color": null, "spoiler": false,
            "components": [{ "type": 14, "divider": true, "spacing": 1 }],
        });
        assert_eq!(components(&[container]), [expected]);
    }

    #[test]
    fn a_command_without_options_has_none() {
        let given = json!({ "name": "n", "description": "d", "options": null, "id": "5", "type": 1 });
        let kept = command(given.as_object().unwrap());
        assert_eq!(Value::Object(kept), json!({ "name": "n", "description": "d" }));
    }
}
