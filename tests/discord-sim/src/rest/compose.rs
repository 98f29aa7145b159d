//! Turns checked drafts into messages and edits of messages. Knows no permissions: callers check those.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::payload::Upload;
use super::validate::component::TEXT_DISPLAY;
use super::validate::message::Draft;
use crate::id::Id;
use crate::world::World;
use crate::world::message::{
    Attachment, Author, Cause, EPHEMERAL, IS_COMPONENTS_V2, LOADING, Message, Words,
};

/// Where a message comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The channel it goes to.
    pub channel: Id,
    /// Who writes it.
    pub author: Author,
    /// The application behind it.
    pub application: Option<Id>,
    /// 0, or 20 for the answer to a slash command.
    pub kind: u8,
    /// The person it is hidden for, if it turns out ephemeral.
    pub person: Option<Id>,
    /// The interaction that caused it.
    pub interaction: Option<Cause>,
}

impl Origin {
    /// A bot or person writing on its own account.
    #[must_use]
    pub fn user(channel: Id, user: Id, application: Option<Id>) -> Self {
        Self { channel, author: Author::User(user), application, kind: 0, person: None, interaction: None }
    }
}

/// Makes the message of a draft, not yet put into the world.
pub fn message(world: &mut World, origin: Origin, draft: &Draft, files: &[Upload]) -> Message {
    let id = world.ids.make();
    let flags = draft.flags.unwrap_or(0);
    let ephemeral_to = origin.person.filter(|_| flags & EPHEMERAL != 0);
    let mut message = Message {
        id,
        channel: origin.channel,
        author: origin.author,
        application: origin.application,
        kind: if draft.reply_to.is_some() { 19 } else { origin.kind },
        content: String::new(),
        embeds: draft.embeds.clone().unwrap_or_default(),
        components: numbered(draft.components.clone().unwrap_or_default()),
        attachments: Vec::new(),
        flags,
        created: Timestamp::now(),
        aged: std::time::Duration::ZERO,
        edited: None,
        ephemeral_to,
        nonce: draft.nonce.clone(),
        mentions: Vec::new(),
        mention_roles: Vec::new(),
        mention_everyone: false,
        reply_to: draft.reply_to.map(|(id, _)| id),
        interaction: origin.interaction,
        tts: draft.tts,
    };
    set_content(world, &mut message, draft);
    add_files(world, &mut message, draft, files);
    message
}

/// Applies a draft to a message that exists: what the draft does not say stays.
pub fn edit(world: &mut World, message: &mut Message, draft: &Draft, files: &[Upload]) {
    message.flags &= !LOADING;
    if let Some(flags) = draft.flags {
        // Components V2 and ephemeral stay for ever; the rest is as the edit says.
        message.flags = flags & !EPHEMERAL | message.flags & (IS_COMPONENTS_V2 | EPHEMERAL);
    }
    if let Some(embeds) = &draft.embeds {
        message.embeds.clone_from(embeds);
    }
    if let Some(components) = &draft.components {
        message.components = numbered(components.clone());
    }
    if draft.content.is_some() {
        set_content(world, message, draft);
    } else if message.is_v2() {
        set_mentions(world, message, draft);
    }
    if let Some(keep) = &draft.keep {
        message.attachments.retain(|file| keep.contains(&file.id));
    }
    for file in &mut message.attachments {
        let words = words(draft, file.id.0);
        file.words.description = words.description.or(file.words.description.take());
        file.words.title = words.title.or(file.words.title.take());
    }
    add_files(world, message, draft, files);
    message.edited = Some(Timestamp::now());
}

/// What a deferred answer looks like until it is filled in.
pub fn thinking(world: &mut World, origin: Origin, ephemeral: bool) -> Message {
    let flags = LOADING | if ephemeral { EPHEMERAL } else { 0 };
    let draft = Draft { flags: Some(flags), ..Draft::default() };
    message(world, origin, &draft, &[])
}

fn set_content(world: &World, message: &mut Message, draft: &Draft) {
    message.content = draft.content.clone().unwrap_or_default();
    set_mentions(world, message, draft);
}

/// Whom the text mentions; in Components V2 the text displays are the text.
fn set_mentions(world: &World, message: &mut Message, draft: &Draft) {
    let shown = flat(&message.components).into_iter().filter(|part| part["type"] == TEXT_DISPLAY);
    let texts = shown.filter_map(|part| part["content"].as_str()).chain([message.content.as_str()]);
    let text = texts.collect::<Vec<_>>().join("\n");
    let may = |kind: &str, id: Id| draft.mentions.as_ref().is_none_or(|allowed| allowed.allow(kind, id));
    let mut users = mentioned(&text, "<@");
    users.retain(|id| may("users", *id) && world.users.contains_key(id));
    let replied =
        draft.reply_to.filter(|_| draft.mentions.as_ref().is_some_and(|allowed| allowed.replied_user));
    let author = replied.and_then(|(id, _)| world.message(id)).map(Message::author_id);
    users.extend(author.filter(|id| world.users.contains_key(id) && !users.contains(id)));
    message.mentions = users;
    message.mention_roles = mentioned(&text, "<@&").into_iter().filter(|id| may("roles", *id)).collect();
    message.mention_everyone =
        (text.contains("@everyone") || text.contains("@here")) && may("everyone", Id(0));
}

/// The ids mentioned as `<@id>` (also `<@!id>`) or `<@&id>`, each once.
fn mentioned(content: &str, mark: &str) -> Vec<Id> {
    let mut ids = Vec::new();
    for part in content.split(mark).skip(1) {
        let Some((id, _)) = part.split_once('>') else { continue };
        if let Ok(id) = id.strip_prefix('!').unwrap_or(id).parse()
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    ids
}

/// What a draft says of a file.
fn words(draft: &Draft, file: u64) -> Words {
    draft.described.iter().find(|(id, _)| *id == file).map(|(_, words)| words.clone()).unwrap_or_default()
}

fn add_files(world: &mut World, message: &mut Message, draft: &Draft, files: &[Upload]) {
    for file in files {
        let attachment = Attachment {
            id: world.ids.make(),
            channel: message.channel,
            filename: file.filename.clone(),
            words: words(draft, file.index),
            content_type: file.content_type.clone(),
            size: file.data.len(),
            ephemeral: message.ephemeral_to.is_some(),
        };
        world.keep_file(attachment.clone(), file.data.clone());
        message.attachments.push(attachment);
    }
}

/// Gives every component without an `id` one that is free, counted through the message, as Discord does.
#[must_use]
pub fn numbered(mut components: Vec<Value>) -> Vec<Value> {
    let taken = flat(&components).into_iter().filter_map(|part| part["id"].as_u64()).collect();
    let mut next = 1;
    for component in &mut components {
        number(component, &taken, &mut next);
    }
    components
}

fn number(component: &mut Value, taken: &HashSet<u64>, next: &mut u64) {
    let Some(object) = component.as_object_mut() else { return };
    if object.get("id").and_then(Value::as_u64).unwrap_or(0) == 0 {
        while taken.contains(next) {
            *next += 1;
        }
        object.insert("id".into(), json!(*next));
        *next += 1;
    }
    if let Some(Value::Array(children)) = object.get_mut("components") {
        for child in children {
            number(child, taken, next);
        }
    }
    for key in ["accessory", "component"] {
        if let Some(child) = object.get_mut(key) {
            number(child, taken, next);
        }
    }
}

/// Every component of a message or modal with a `custom_id` or url, of any depth.
#[must_use]
pub fn flat(components: &[Value]) -> Vec<&Value> {
    let mut found = Vec::new();
    for component in components {
        found.push(component);
        if let Some(children) = component["components"].as_array() {
            found.extend(flat(children));
        }
        for key in ["accessory", "component"] {
            if component[key].is_object() {
                found.extend(flat(std::slice::from_ref(&component[key])));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_without_an_id_get_one_that_is_free() {
        let text = |id: Value| json!({ "type": 10, "content": "t", "id": id });
        let section =
            json!({ "type": 9, "components": [text(Value::Null)], "accessory": { "type": 2, "id": 3 } });
        let numbered = numbered(vec![text(json!(2)), section, text(json!(0))]);
        let ids: Vec<u64> = flat(&numbered).into_iter().filter_map(|part| part["id"].as_u64()).collect();
        assert_eq!(ids, [2, 1, 4, 3, 5]);
    }
}
