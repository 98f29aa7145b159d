//! Rules for message bodies of every kind: content 2000, what may stand together, which flags may be set,
//! attachments that name the files sent along.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};
use super::mentions::Mentions;
use super::{cast, component, embed, v2};
use crate::id::Id;
use crate::rest::error::ApiError;
use crate::rest::kept;
use crate::rest::payload::Upload;
use crate::world::message::{
    Attachment, EPHEMERAL, IS_COMPONENTS_V2, Message, SUPPRESS_EMBEDS, SUPPRESS_NOTIFICATIONS, Words,
};

/// Which body it is: some fields and flags belong to some kinds only.
#[derive(Clone, Copy, Debug)]
pub enum Kind<'a> {
    /// `POST /channels/{id}/messages`.
    Create,
    /// `PATCH` of any message.
    Edit(Before<'a>),
    /// The answer to an interaction, or a follow-up.
    Answer,
    /// A channel webhook's message.
    Webhook,
}

/// What an edit finds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Before<'a> {
    /// The message is made of Components V2, which cannot be undone.
    pub v2: bool,
    /// Its text.
    pub content: &'a str,
    /// Its embeds.
    pub embeds: &'a [Value],
    /// Its files.
    pub attachments: &'a [Attachment],
    /// It was a webhook's or an answer, where other mentions count.
    pub webhook: bool,
}

impl<'a> From<&'a Message> for Kind<'a> {
    fn from(message: &'a Message) -> Self {
        Self::Edit(Before {
            v2: message.is_v2(),
            content: &message.content,
            embeds: &message.embeds,
            attachments: &message.attachments,
            webhook: message.is_by_token(),
        })
    }
}

/// A checked body. What is `None` was not said.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    /// Text; empty clears it in an edit.
    pub content: Option<String>,
    /// Embeds as kept.
    pub embeds: Option<Vec<Value>>,
    /// Components as kept.
    pub components: Option<Vec<Value>>,
    /// Existing attachments that stay.
    pub keep: Option<Vec<Id>>,
    /// What is said of files: new ones by their index, others by their id.
    pub described: Vec<(u64, Words)>,
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
    /// Which mentions count.
    pub mentions: Option<Mentions>,
    /// A webhook's name for this message.
    pub username: Option<String>,
}

/// Checks a message body.
pub fn check(body: &Object, files: &[Upload], kind: Kind) -> Result<Draft, ApiError> {
    let mut form = Form::new();
    let mut draft = Draft::default();
    flags(&mut form, body, kind, &mut draft);
    attachments(&mut form, body, files, kind, &mut draft);
    let asked = draft.flags.is_some_and(|flags| flags & IS_COMPONENTS_V2 != 0);
    let v2 = asked || matches!(kind, Kind::Edit(Before { v2: true, .. }));
    parts(&mut form, body, v2, kind, &mut draft);
    if v2 {
        let names = named(&draft, files, kind);
        v2::check(&mut form, draft.components.as_deref().unwrap_or_default(), names);
    } else {
        component::check(&mut form, draft.components.as_deref().unwrap_or_default());
    }
    unsupported(&mut form, body, v2)?;
    if let Kind::Create | Kind::Webhook | Kind::Answer = kind {
        creation(&mut form, body, kind, &mut draft);
    }
    form.finish()?;
    draft.components = draft.components.as_deref().map(kept::components);
    let edit = matches!(kind, Kind::Edit(_));
    if !edit && draft.is_empty() && files.is_empty() {
        return Err(ApiError::empty_message());
    }
    Ok(draft)
}

impl Draft {
    /// There is nothing to see in it, but perhaps for files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let some = |list: &Option<Vec<Value>>| list.as_ref().is_some_and(|list| !list.is_empty());
        self.content.as_ref().is_none_or(String::is_empty) && !some(&self.embeds) && !some(&self.components)
    }
}

fn flags(form: &mut Form, body: &Object, kind: Kind, draft: &mut Draft) {
    let Some(flags) = form.integer(body, "flags", 0..=i64::from(u32::MAX)) else { return };
    let flags = u64::try_from(flags).unwrap_or_default();
    let allowed = match kind {
        Kind::Create | Kind::Webhook => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2,
        Kind::Edit(_) => SUPPRESS_EMBEDS | IS_COMPONENTS_V2,
        Kind::Answer => SUPPRESS_EMBEDS | SUPPRESS_NOTIFICATIONS | IS_COMPONENTS_V2 | EPHEMERAL,
    };
    // Flags that cannot be set are ignored, as on Discord.
    draft.flags = Some(flags & allowed);
}

fn parts(form: &mut Form, body: &Object, v2: bool, kind: Kind, draft: &mut Draft) {
    if v2 {
        legacy(form, body, kind);
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
        draft.components = Some(cast::list(list));
    } else if v2 && !matches!(kind, Kind::Edit(Before { v2: true, .. })) {
        form.missing("components");
    }
    draft.mentions = Mentions::check(form, body);
    if draft.mentions.is_none() && present(body, "allowed_mentions").is_none() {
        let webhook = matches!(kind, Kind::Webhook | Kind::Answer | Kind::Edit(Before { webhook: true, .. }));
        draft.mentions = Some(Mentions::default_of(webhook));
    }
}

/// Components V2 exclude the older fields, also those that a message turned into them still has.
fn legacy(form: &mut Form, body: &Object, kind: Kind) {
    for key in ["content", "embeds", "poll", "sticker_ids", "stickers"] {
        let filled = present(body, key)
            .is_some_and(|value| *value != "" && value.as_array().is_none_or(|list| !list.is_empty()));
        let stays = match (kind, key) {
            (Kind::Edit(before), "content") => !before.content.is_empty() && !body.contains_key(key),
            (Kind::Edit(before), "embeds") => !before.embeds.is_empty() && !body.contains_key(key),
            _ => false,
        };
        if filled || stays {
            let message =
                format!("The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2");
            form.fail_at(key, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", message);
        }
    }
}

/// What the stand-in does not have is refused and never passed over in silence.
fn unsupported(form: &mut Form, body: &Object, v2: bool) -> Result<(), ApiError> {
    if v2 {
        return Ok(());
    }
    if present(body, "poll").is_some() {
        form.fail_at("poll", "STAND_IN_UNSUPPORTED", "This stand-in for Discord has no polls");
    }
    form.unmodelled(body, &["shared_client_theme"]);
    let stickers = form.list(body, "sticker_ids", 0..=3).unwrap_or_default();
    // There are no stickers in the world, so that every id is of one that does not exist.
    if stickers.is_empty() { Ok(()) } else { Err(ApiError::bad_request(50_081, "Invalid sticker sent")) }
}

fn attachments(form: &mut Form, body: &Object, files: &[Upload], kind: Kind, draft: &mut Draft) {
    if files.len() > 10 {
        form.fail_at("attachments", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
    }
    let Some(list) = form.list(body, "attachments", 0..=10) else { return };
    let kept = |id: u64| match kind {
        Kind::Edit(before) => before.attachments.iter().any(|file| file.id.0 == id),
        _ => false,
    };
    let mut keep = Vec::new();
    form.each("attachments", list, |form, item| {
        form.text(item, "filename", 1..=1024);
        let mut words = |key: &str| form.text(item, key, 0..=1024).map(str::to_owned);
        let words = Words { description: words("description"), title: words("title") };
        form.unmodelled(item, &["duration_secs", "waveform", "is_spoiler"]);
        let id = present(item, "id").and_then(|id| id.as_u64().or_else(|| id.as_str()?.parse().ok()));
        let Some(id) = id else { return form.missing("id") };
        if kept(id) {
            keep.push(Id(id));
        } else if !files.iter().any(|file| file.index == id) {
            form.fail("ATTACHMENT_NOT_FOUND", "Attachment data not found");
        }
        draft.described.push((id, words));
    });
    draft.keep = Some(keep);
}

/// The names that `attachment://` may refer to: files sent along, and files that stay.
fn named(draft: &Draft, files: &[Upload], kind: Kind) -> HashSet<String> {
    let old = match kind {
        Kind::Edit(before) => before.attachments,
        _ => &[],
    };
    let stays = |file: &&Attachment| draft.keep.as_ref().is_none_or(|keep| keep.contains(&file.id));
    let old = old.iter().filter(stays).map(|file| file.filename.clone());
    files.iter().map(|file| file.filename.clone()).chain(old).collect()
}

fn creation(form: &mut Form, body: &Object, kind: Kind, draft: &mut Draft) {
    draft.tts = form.boolean(body, "tts").unwrap_or(false);
    match kind {
        Kind::Webhook => {
            draft.username = form.text(body, "username", 1..=80).map(str::to_owned);
            if let Some(name) = &draft.username {
                webhook_name(form, "username", name);
            }
            form.url(body, "avatar_url", &["http", "https"]);
        }
        Kind::Create => original(form, body, draft),
        _ => {}
    }
}

/// Webhooks do not pose as Discord.
pub fn webhook_name(form: &mut Form, key: &str, name: &str) {
    let name = name.to_lowercase();
    for word in ["discord", "clyde"].into_iter().filter(|word| name.contains(word)) {
        form.fail_at(key, "USERNAME_INVALID_CONTAINS", format!("Username cannot contain \"{word}\""));
    }
}

fn original(form: &mut Form, body: &Object, draft: &mut Draft) {
    if let Some(nonce) = present(body, "nonce") {
        match nonce {
            Value::String(text) => form.length("nonce", text.chars().count(), 0..=25),
            Value::Number(number) if number.is_i64() || number.is_u64() => {}
            _ => form.fail_at("nonce", "NONCE_TYPE_CONVERT", "A nonce is a string or an integer."),
        }
        draft.nonce = Some(nonce.clone());
    }
    draft.enforce_nonce = form.boolean(body, "enforce_nonce").unwrap_or(false);
    let Some(reference) = form.object(body, "message_reference") else { return };
    form.within("message_reference", |form| {
        if reference.get("type").is_some_and(|kind| *kind == 1) {
            form.fail_at("type", "STAND_IN_UNSUPPORTED", "This stand-in for Discord has no forwarding");
        }
        let must = form.boolean(reference, "fail_if_not_exists").unwrap_or(true);
        draft.reply_to = form.need_snowflake(reference, "message_id").map(|id| (id, must));
    });
}
