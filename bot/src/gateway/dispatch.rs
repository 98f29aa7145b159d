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
}

/// A payload that the bot acts on.
pub enum Payload {
    /// A new session.
    Ready {
        /// Its first sequence number.
        sequence: u64,
        /// Its id.
        session: String,
        /// Where to resume it.
        resume_url: String,
    },
    /// An old session goes on.
    Resumed {
        /// Number of this dispatch.
        sequence: u64,
    },
    /// A click, a command, a modal.
    Interaction {
        /// Number of this dispatch.
        sequence: u64,
        /// What it is; boxed, since it is by far the largest.
        interaction: Box<Interaction>,
    },
    /// Another dispatch; only its number counts.
    Other {
        /// Number of this dispatch.
        sequence: u64,
    },
    /// No dispatch.
    Control,
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
    let (0, Some(sequence)) = (envelope.op, envelope.s) else { return Ok(Payload::Control) };
    let data = envelope.d.map_or("null", RawValue::get);
    Ok(match envelope.t.as_deref() {
        Some("READY") => {
            let ready: ReadyData = serde_json::from_str(data)?;
            Payload::Ready { sequence, session: ready.session_id, resume_url: ready.resume_gateway_url }
        }
        Some("RESUMED") => Payload::Resumed { sequence },
        Some("INTERACTION_CREATE") => {
            Payload::Interaction { sequence, interaction: serde_json::from_str(data)? }
        }
        _ => Payload::Other { sequence },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dispatch_of_a_later_api_is_only_counted() {
        let payload = parse(r#"{"op":0,"s":7,"t":"SOMETHING_NEW","d":{"anything":[1,{"x":null}]}}"#).unwrap();
        assert!(matches!(payload, Payload::Other { sequence: 7 }));
        assert!(matches!(parse(r#"{"op":11}"#).unwrap(), Payload::Control));
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
}
