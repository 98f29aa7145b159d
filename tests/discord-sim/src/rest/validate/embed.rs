//! Rules for embeds: title 256, description 4096, 25 fields (256/1024), footer 2048, author 256, 10 embeds and
//! 6000 characters over all of them.

use serde_json::{Value, json};

use super::form::{Form, Object, present};

/// Embeds per message.
const EMBEDS: usize = 10;
/// Characters over all embeds of a message.
const CHARACTERS: usize = 6000;

/// Checks the embeds of a message and returns them as Discord keeps them.
pub fn check(form: &mut Form, list: &[Value]) -> Vec<Value> {
    if list.len() > EMBEDS {
        form.fail_at("embeds", "BASE_TYPE_MAX_LENGTH", format!("Must be {EMBEDS} or fewer in length."));
    }
    let mut kept = Vec::new();
    let mut total = 0;
    form.each("embeds", list, |form, embed| {
        let (embed, characters) = one(form, embed);
        total += characters;
        kept.push(embed);
    });
    if total > CHARACTERS {
        let message = format!("Embed size exceeds maximum size of {CHARACTERS}");
        form.fail_at("embeds", "MAX_EMBED_SIZE_EXCEEDED", message);
    }
    kept
}

fn one(form: &mut Form, embed: &Object) -> (Value, usize) {
    let mut kept = json!({ "type": "rich" });
    let mut characters = 0;
    for (key, max) in [("title", 256), ("description", 4096)] {
        if let Some(text) = trimmed(form, embed, key, max) {
            characters += text.chars().count();
            kept[key] = json!(text);
        }
    }
    if let Some(url) = form.url(embed, "url", &["http", "https"]) {
        kept["url"] = json!(url);
    }
    if let Some(color) = form.integer(embed, "color", 0..=0xFF_FFFF) {
        kept["color"] = json!(color);
    }
    if let Some(at) = form.time(embed, "timestamp") {
        kept["timestamp"] = json!(crate::time::iso(at));
    }
    characters += parts(form, embed, &mut kept);
    characters += fields(form, embed, &mut kept);
    let empty = kept.as_object().is_none_or(|object| object.len() == 1);
    if empty {
        form.fail_at("description", "BASE_TYPE_REQUIRED", "This field is required");
    }
    (kept, characters)
}

/// A text without white space around it, which does not count; none if nothing is left.
fn trimmed<'a>(form: &mut Form, object: &'a Object, key: &str, max: usize) -> Option<&'a str> {
    let text = match present(object, key)?.as_str() {
        Some(text) => text.trim(),
        None => return form.text(object, key, 0..=max),
    };
    form.length(key, text.chars().count(), 0..=max);
    Some(text).filter(|text| !text.is_empty())
}

/// The same for a text that must be there.
fn needed<'a>(form: &mut Form, object: &'a Object, key: &str, max: usize) -> &'a str {
    let text = trimmed(form, object, key, max);
    if text.is_none() && present(object, key).is_none_or(Value::is_string) {
        form.missing(key);
    }
    text.unwrap_or_default()
}

fn parts(form: &mut Form, embed: &Object, kept: &mut Value) -> usize {
    let mut characters = 0;
    for (part, key, max) in [("footer", "text", 2048), ("author", "name", 256)] {
        let Some(given) = form.object(embed, part) else { continue };
        form.within(part, |form| {
            let text = needed(form, given, key, max);
            characters += text.chars().count();
            kept[part] = json!({ key: text });
            for link in ["icon_url", "url"] {
                let schemes: &[&str] =
                    if link == "url" { &["http", "https"] } else { &["http", "https", "attachment"] };
                if let Some(url) = form.url(given, link, schemes) {
                    kept[part][link] = json!(url);
                }
            }
        });
    }
    for picture in ["image", "thumbnail"] {
        let Some(given) = form.object(embed, picture) else { continue };
        form.within(picture, |form| {
            if let Some(url) = form.url(given, "url", &["http", "https", "attachment"]) {
                kept[picture] = json!({ "url": url });
            }
        });
    }
    characters
}

fn fields(form: &mut Form, embed: &Object, kept: &mut Value) -> usize {
    let Some(list) = form.list(embed, "fields", 0..=25) else { return 0 };
    let mut characters = 0;
    let mut checked = Vec::new();
    form.each("fields", list, |form, field| {
        let name = needed(form, field, "name", 256);
        let value = needed(form, field, "value", 1024);
        let inline = form.boolean(field, "inline").unwrap_or(false);
        characters += name.chars().count() + value.chars().count();
        checked.push(json!({ "name": name, "value": value, "inline": inline }));
    });
    kept["fields"] = Value::Array(checked);
    characters
}
