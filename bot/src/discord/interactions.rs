//! Answers to interactions. These calls carry the interaction's own token, so any pod can make them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Call, Effect, File, Rest, RestError, error::code, messages, tries::Tries};

/// How an acknowledgement ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acknowledged {
    /// Discord has it, by this try or an earlier one whose answer was lost.
    Yes,
    /// Three seconds have passed; the user has seen a failure, so nothing may be done.
    TooLate,
    /// Discord has it, but not from this call: nothing may be done a second time.
    Elsewhere,
}

/// Discord waits 3 s for the first answer to an interaction, which has taken a moment to get here. A try whose answer takes a second
/// is repeated: if it has arrived, Discord says so.
const ACKNOWLEDGEMENT: Tries = Tries::hurried(Duration::from_millis(2600), Duration::from_secs(1));

impl Rest {
    /// The first answer to an interaction. `kind` is Discord's callback type (4, 5, 6, 7, 8 or 9).
    pub async fn respond(
        &self,
        id: u64,
        token: &str,
        kind: u8,
        data: Option<Value>,
    ) -> Result<Acknowledged, RestError> {
        let mut body = json!({"type": kind});
        if let Some(data) = data {
            body["data"] = data;
        }
        let path = format!("/interactions/{id}/{token}/callback");
        let call =
            Call::with_token_in_path(Method::POST, path, "interaction callback").body(body).repeatable();
        match self.tried(ACKNOWLEDGEMENT).send(call).await {
            Ok(_) => Ok(Acknowledged::Yes),
            Err(error) if error.code() == Some(code::ALREADY_ACKNOWLEDGED) => Ok(match error.effect() {
                Effect::Unknown => Acknowledged::Yes,
                Effect::None => Acknowledged::Elsewhere,
            }),
            Err(error) if error.code() == Some(code::UNKNOWN_INTERACTION) => Ok(Acknowledged::TooLate),
            Err(error) => Err(error),
        }
    }

    /// Replaces the first answer. Files already attached stay unless `body` names attachments.
    pub async fn edit_response(
        &self,
        application: u64,
        token: &str,
        body: Value,
        files: Vec<File>,
    ) -> Result<u64, RestError> {
        is_kept(token)?;
        let path = format!("/webhooks/{application}/{token}/messages/@original");
        let call =
            Call::with_token_in_path(Method::PATCH, path, "interaction response").body(body).files(files);
        let message: messages::Message = messages::parse("edit response", self.send(call).await?)?;
        Ok(message.number())
    }

    /// Reads the first answer: the reply, or the message that it replaced. Discord knows none before the acknowledgement.
    pub async fn response(&self, application: u64, token: &str) -> Result<messages::Message, RestError> {
        is_kept(token)?;
        let path = format!("/webhooks/{application}/{token}/messages/@original");
        let call = Call::with_token_in_path(Method::GET, path, "interaction response");
        messages::parse("read response", self.send(call).await?)
    }

    /// A further message that only the user sees.
    pub async fn follow_up(
        &self,
        application: u64,
        token: &str,
        body: Value,
        files: Vec<File>,
    ) -> Result<u64, RestError> {
        is_kept(token)?;
        let path = format!("/webhooks/{application}/{token}");
        let call =
            Call::with_token_in_path(Method::POST, path, "interaction follow-up").body(body).files(files);
        let message: messages::Message = messages::parse("follow up", self.send(call).await?)?;
        Ok(message.number())
    }
}

/// A token that was blanked is over; Discord would say the same.
fn is_kept(token: &str) -> Result<(), RestError> {
    if !token.is_empty() {
        return Ok(());
    }
    Err(RestError::Refused {
        call: "interaction response".into(),
        status: 401,
        code: code::BAD_WEBHOOK_TOKEN,
        message: "the interaction's 15 minutes are over".into(),
    })
}
