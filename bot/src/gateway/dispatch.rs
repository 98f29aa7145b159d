//! What a gateway payload is, read as little as possible: most dispatches are of no interest and are not parsed further.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::{error::Category, value::RawValue};
use serenity::model::application::Interaction;
use twilight_gateway::error::{ReceiveMessageError, ReceiveMessageErrorType};

#[derive(Deserialize)]
struct Envelope<'a> {
    op: u8,
    s: Option<u64>,
    #[serde(borrow)]
    t: Option<Cow<'a, str>>,
    #[serde(borrow)]
    d: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct ReadyData {
    session_id: String,
    resume_gateway_url: String,
    guilds: Vec<GuildData>,
}

#[derive(Deserialize)]
struct ChannelData {
    id: String,
}

#[derive(Deserialize)]
struct GuildData {
    id: String,
    #[serde(default)]
    unavailable: bool,
}

impl GuildData {
    fn number(&self) -> u64 {
        self.id.parse().unwrap_or(0)
    }
}

#[derive(Deserialize)]
struct MessageData {
    id: String,
    channel_id: String,
}

/// A payload that the bot acts on.
pub enum Payload {
    /// A dispatch.
    Dispatch {
        /// Its number.
        sequence: u64,
        /// What it says.
        event: Event,
    },
    /// Discord asks to reconnect and resume (op 7, op 9 with a session that lives).
    Reconnect,
    /// The session is dead (op 9).
    SessionDead,
    /// Of no interest.
    Other,
}

/// What a dispatch says.
pub enum Event {
    /// A new session.
    Ready {
        /// Its id.
        session: String,
        /// Where to resume it.
        resume_url: String,
        /// Guilds of the shard that the bot is in.
        guilds: Vec<u64>,
    },
    /// An old session goes on.
    Resumed,
    /// A click, a command, a modal; boxed, since it is by far the largest.
    Interaction(Box<Interaction>),
    /// The guild is there: after the start of a session, after an outage, or because the bot has joined.
    GuildHere(u64),
    /// The bot has been removed from the guild.
    GuildGone(u64),
    /// The channel is gone, or another than before: its permissions, for one.
    Channel(u64),
    /// A message was posted in a channel, or changed.
    Message {
        /// Where.
        channel: u64,
        /// The message, if it was changed.
        edited: Option<u64>,
    },
    /// Only its number counts.
    Other,
}

/// A connection's failure without the event that it may quote, which can hold a session or an interaction's token.
pub fn told(error: &ReceiveMessageError) -> &'static str {
    match error.kind() {
        ReceiveMessageErrorType::Deserializing { .. } => "an event is not understood",
        ReceiveMessageErrorType::Reconnect => "no connection to the gateway",
        _ => "a message could not be decompressed",
    }
}

/// Where a payload is not what Discord documents. The parser's own words quote the value, which may be secret.
#[derive(Debug, thiserror::Error)]
#[error("{category:?} error at line {line}, column {column}")]
pub struct NotUnderstood {
    category: Category,
    line: usize,
    column: usize,
}

impl From<serde_json::Error> for NotUnderstood {
    fn from(error: serde_json::Error) -> Self {
        Self { category: error.classify(), line: error.line(), column: error.column() }
    }
}

/// Reads a payload.
pub fn parse(json: &str) -> Result<Payload, NotUnderstood> {
    let envelope: Envelope<'_> = serde_json::from_str(json)?;
    let data = envelope.d.map_or("null", RawValue::get);
    let sequence = match (envelope.op, envelope.s) {
        (0, Some(sequence)) => sequence,
        (7, _) => return Ok(Payload::Reconnect),
        (9, _) if data == "true" => return Ok(Payload::Reconnect),
        (9, _) => return Ok(Payload::SessionDead),
        _ => return Ok(Payload::Other),
    };
    let event = event(envelope.t.as_deref().unwrap_or_default(), data)?;
    Ok(Payload::Dispatch { sequence, event })
}

fn event(name: &str, data: &str) -> Result<Event, serde_json::Error> {
    Ok(match name {
        "READY" => {
            let ready: ReadyData = serde_json::from_str(data)?;
            let guilds = ready.guilds.iter().map(GuildData::number).collect();
            Event::Ready { session: ready.session_id, resume_url: ready.resume_gateway_url, guilds }
        }
        "RESUMED" => Event::Resumed,
        "INTERACTION_CREATE" => Event::Interaction(serde_json::from_str(data)?),
        "GUILD_CREATE" | "GUILD_DELETE" => {
            let guild: GuildData = serde_json::from_str(data)?;
            match (name, guild.unavailable) {
                // An outage: the bot is a member all the while.
                (_, true) => Event::Other,
                ("GUILD_CREATE", false) => Event::GuildHere(guild.number()),
                _ => Event::GuildGone(guild.number()),
            }
        }
        "CHANNEL_UPDATE" | "CHANNEL_DELETE" => {
            let channel: ChannelData = serde_json::from_str(data)?;
            Event::Channel(channel.id.parse().unwrap_or(0))
        }
        "MESSAGE_CREATE" | "MESSAGE_UPDATE" => {
            let message: MessageData = serde_json::from_str(data)?;
            let edited = (name == "MESSAGE_UPDATE").then(|| message.id.parse().unwrap_or(0));
            Event::Message { channel: message.channel_id.parse().unwrap_or(0), edited }
        }
        _ => Event::Other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(json: &str) -> Event {
        match parse(json).unwrap() {
            Payload::Dispatch { sequence: 7, event } => event,
            _ => panic!("{json} is no dispatch"),
        }
    }

    #[test]
    fn a_dispatch_of_a_later_api_is_only_counted() {
        let later = event_of(r#"{"op":0,"s":7,"t":"SOMETHING_NEW","d":{"anything":[1,{"x":null}]}}"#);
        assert!(matches!(later, Event::Other));
        assert!(matches!(parse(r#"{"op":11}"#).unwrap(), Payload::Other));
        assert!(parse("{").is_err());
    }

    #[test]
    fn what_is_not_understood_is_told_without_its_content() {
        for data in [
            r#"{"op":0,"s":1,"t":"READY","d":{"session_id":"canary"}}"#,
            r#"{"op":0,"s":1,"t":"READY","d":{"session_id":"s","resume_gateway_url":{"canary":1}}}"#,
            r#"{"op":0,"s":1,"t":"READY","d":"canary"}"#,
            r#"{"op":0,"s":1,"t":"INTERACTION_CREATE","d":{"type":2,"id":"1","token":"canary","data":"canary"}}"#,
            r#"{"op":0,"s":"canary"}"#,
        ] {
            let Err(error) = parse(data) else { panic!("{data} is understood") };
            assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
        }
    }

    #[test]
    fn a_guild_in_an_outage_is_not_gone() {
        let delete = |d: &str| event_of(&format!(r#"{{"op":0,"s":7,"t":"GUILD_DELETE","d":{d}}}"#));
        assert!(matches!(delete(r#"{"id":"5","unavailable":true}"#), Event::Other));
        assert!(matches!(delete(r#"{"id":"5"}"#), Event::GuildGone(5)));
        assert!(matches!(
            event_of(r#"{"op":0,"s":7,"t":"GUILD_CREATE","d":{"id":"5"}}"#),
            Event::GuildHere(5)
        ));
    }

    #[test]
    fn discord_asks_for_a_new_connection() {
        for (json, resumable) in [
            (r#"{"op":7,"d":null,"s":null,"t":null}"#, true),
            (r#"{"op":9,"d":true}"#, true),
            (r#"{"op":9,"d":false}"#, false),
        ] {
            let payload = parse(json).unwrap();
            assert_eq!(matches!(payload, Payload::Reconnect), resumable, "{json}");
            assert_eq!(matches!(payload, Payload::SessionDead), !resumable, "{json}");
        }
    }
}
