//! Rules for message bodies of every kind: content 2000, what may stand together, which flags may be set,
//! attachments that name the files sent along.

use serde_json::Value;

use super::form::{Form, Object, present};
use super::{component, embed, v2};
use crate::id::Id;
use crate::rest::error::ApiError;
use crate::rest::payload::Upload;
use crate::world::message::{EPHEMERAL, IS_COMPONENTS_V2, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS};

/// Which body it is: some fields and flags belong to some kinds only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `POST /channels/{id}/messages`.
    Create,
    /// `PATCH` of any message. Whether it is Components V2 already.
    Edit {
        /// The message has the flag, which stays.
        v2: bool,
    },
    /// The answer to an interaction, or a follow-up.
    Answer,
    /// A channel webhook's message.
    Webhook,
}

/// A checked body. What is `None` was not said.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Text; empty clears it in an edit.
    pub content: Option<String>,
    /// Embeds as kept.
    pub embeds: Option<Vec<Value>>,
    /// Components as sent.
    pub components: Option<Vec<Value>>,
    /// Existing attachments that stay.
    pub keep: Option<Vec<Id>>,
    /// Descriptions of new files by index.
    pub described: Vec<(u64, String)>,
    /// Flags.
    pub flags: Option<u64>,
    /// Read out aloud.
    pub tts: bool,
    /// The sender's mark.
    pub nonce: Option<Value>,
    /// Whether a second message of this mark is the first one.
    pub enforce_nonce: bool,
    /// The message replied to, and whether it must exist.
    pub reply_to: Option<(Id, bool)>,
    /// Mentions allowed.
    pub allowed: Option<Object>,
    /// A webhook's name for this message.
    pub username: Option<String>,
}

/// Checks a message body.
pub fn check(body: &Object, files: &[Upload], kind: Kind) -> Result<Draft, ApiError> {
    let mut form = Form::new();
    let mut draft = Draft::default();
    flags(&mut form, body, kind, &mut draft);
    let v2 =
        kind == Kind::Edit { v2: true } || draft.flags.is_some_and(|flags| flags & IS_COMPONENTS_V2 != 0);
    parts(&mut form, body, v2, kind, &mut draft);
    attachments(&mut form, body, files, &mut draft);
    if let Kind::Create | Kind::Webhook | Kind::Answer = kind {
        creation(&mut form, body, kind, &mut draft);
    }
    form.finish()?;
    let edit = matches!(kind, Kind::Edit { .. });
    if !edit && is_empty(&draft) && files.is_empty() {
        return Err(ApiError::bad_request(50_006, "Cannot send an empty message"));
    }
    Ok(draft)
}

fn is_empty(draft: &Draft) -> bool {
    let some = |list: &Option<Vec<Value>>| list.as_ref().is_some_and(|list| !list.is_empty());
    draft.content.as_ref().is_none_or(String::is_empty) && !some(&draft.embeds) && !some(&draft.components)
}

fn flags(form: &mut Form, body: &Object, kind: Kind, draft: &mut Draft) {
    let Some(flags) = form.integer(body, "flags", 0..=i64::from(u32::MAX)) else { return };
    let flags = u64::try_from(flags).unwrap_or_default();
    let allowed = match kind {
        Kind::Create | Kind::Webhook => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2,
        Kind::Edit { .. } => SUPPRESS_EMBEDS | IS_COMPONENTS_V2,
        Kind::Answer => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2 | EPHEMERAL,
    };
    // Flags that cannot be set are ignored, as on Discord.
    draft.flags = Some(flags & allowed);
}

fn parts(form: &mut Form, body: &Object, v2: bool, kind: Kind, draft: &mut Draft) {
    if v2 {
        for key in ["content", "embeds", "poll", "sticker_ids", "stickers"] {
            let filled = present(body, key)
                .is_some_and(|value| *value != "" && value.as_array().is_none_or(|l| !l.is_empty()));
            if filled {
                let message =
                    format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
                form.fail_at(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
            }
        }
    }
    if body.contains_key("content") {
        let content = form.text(body, "content", 0..=2000).unwrap_or_default();
        draft.content = Some(content.trim().to_owned());
    }
    if body.contains_key("embeds") {
        let list = form.list(body, "embeds", 0..=usize::MAX).unwrap_or_default();
        draft.embeds = Some(embed::check(form, list));
    }
    if body.contains_key("components") {
        let list = form.list(body, "components", 0..=usize::MAX).unwrap_or_default();
        if v2 {
            v2::check(form, list);
        } else {
            component::check(form, list);
        }
        draft.components = Some(list.to_vec());
    } else if v2 && !matches!(kind, Kind::Edit { v2: true }) {
        form.missing("components");
    }
    draft.allowed = form.object(body, "allowed_mentions").cloned();
}

fn attachments(form: &mut Form, body: &Object, files: &[Upload], draft: &mut Draft) {
    if files.len() > 10 {
        form.fail_at("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
    }
    let Some(list) = form.list(body, "attachments", 0..=10) else { return };
    let mut keep = Vec::new();
    form.each("attachments", list, |form, item| {
        let described = form.text(item, "description", 0..=1024);
        let id = present(item, "id").and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok()));
        let Some(id) = id else { return form.missing("id") };
        if files.iter().any(|file| file.index == id) {
            draft.described.extend(described.map(|text| (id, text.to_owned())));
        } else {
            keep.push(Id(id));
        }
    });
    draft.keep = Some(keep);
}

fn creation(form: &mut Form, body: &Object, kind: Kind, draft: &mut Draft) {
    draft.tts = form.boolean(body, "tts").unwrap_or(false);
    if kind == Kind::Webhook {
        draft.username = form.text(body, "username", 1..=80).map(str::to_owned);
        let reserved = draft.username.as_ref().is_some_and(|name| name.to_lowercase().contains("discord"));
        if reserved {
            form.fail_at("username", "USERNAME_INVALID_CONTAINS", "Username cannot contain \"discord\"");
        }
    }
    if kind != Kind::Create {
        return;
    }
    if let Some(nonce) = present(body, "nonce") {
        match nonce {
            Value::String(text) => form.length("nonce", text.chars().count(), 0..=25),
            Value::Number(number) if number.is_i64() || number.is_u64() => {}
            _ => form.fail_at("nonce", "NONCE_TYPE_CONVERT", "A nonce is a string or an integer."),
        }
        draft.nonce = Some(nonce.clone());
    }
    draft.enforce_nonce = form.boolean(body, "enforce_nonce").unwrap_or(false);
    if let Some(reference) = form.object(body, "message_reference") {
        let must = form.boolean(reference, "fail_if_not_exists").unwrap_or(true);
        let id = form.within("message_reference", |form| form.snowflake(reference, "message_id"));
        draft.reply_to = id.map(|id| (id, must));
    }
}
