//! The media of embeds and components as clients get them: files that were sent along by their addresses, everything
//! with the address of the proxy that clients load it from, which here is the same.

use serde_json::{Value, json};

use super::base::Base;
use super::message::Attachment;
use crate::id::Id;

/// Fills in the media anywhere in embeds or components of a message.
pub fn resolve(parts: &mut Value, message: Id, files: &[Attachment], base: &Base) {
    match parts {
        Value::Array(list) => list.iter_mut().for_each(|part| resolve(part, message, files, base)),
        Value::Object(object) => {
            if let Some(url) = object.get("icon_url").and_then(Value::as_str) {
                let url = address(url, files, base);
                object.insert("icon_url".into(), json!(url));
                object.insert("proxy_icon_url".into(), json!(url));
            }
            for (key, part) in object.iter_mut() {
                match key.as_str() {
                    "image" | "thumbnail" => picture(part, files, base),
                    "media" | "file" => medium(part, message, files, base),
                    _ => resolve(part, message, files, base),
                }
            }
            // A file of Components V2 is told by its name and size as well.
            if object.get("type") == Some(&json!(13)) {
                let file = object.get("file").and_then(|file| find(file, files));
                object.insert("name".into(), json!(file.map(|file| &file.filename)));
                object.insert("size".into(), json!(file.map(|file| file.size)));
            }
        }
        _ => {}
    }
}

/// A picture of an embed.
fn picture(given: &mut Value, files: &[Attachment], base: &Base) {
    if let Some(url) = given["url"].as_str() {
        let url = address(url, files, base);
        given["url"] = json!(url);
        given["proxy_url"] = json!(url);
    }
}

/// A medium of a component.
fn medium(given: &mut Value, message: Id, files: &[Attachment], base: &Base) {
    let file = given["url"].as_str().and_then(|url| sent_along(url, files));
    picture(given, files, base);
    given["id"] = json!(file.map_or(message, |file| file.id));
    given["width"] = Value::Null;
    given["height"] = Value::Null;
    given["content_type"] = json!(file.map(|file| &file.content_type));
    if let Some(file) = file {
        given["attachment_id"] = json!(file.id);
    }
}

fn sent_along<'a>(url: &str, files: &'a [Attachment]) -> Option<&'a Attachment> {
    let name = url.strip_prefix("attachment://")?;
    files.iter().find(|file| file.filename == name)
}

/// The file behind a medium that is resolved.
fn find<'a>(medium: &Value, files: &'a [Attachment]) -> Option<&'a Attachment> {
    files.iter().find(|file| medium["attachment_id"] == json!(file.id))
}

fn address(url: &str, files: &[Attachment], base: &Base) -> String {
    sent_along(url, files).map_or_else(|| url.to_owned(), |file| file.url(base))
}
