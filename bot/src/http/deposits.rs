//! `POST /deposits`: a deposit told by a program that holds the key, credited once per request id.
//!
//! `X-Stockbot-Timestamp` is the Unix time in seconds, at most 5 minutes off; `X-Stockbot-Signature` the HMAC-SHA256, in hex, over the
//! timestamp and the body as they are sent. The body: `{"requestId": "...", "growId": "...", "amount": "1 DL 50 WL"}` (or a whole
//! number of the smallest coin).

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::State as Shared,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::Sha256;
use stockbot_store::{DepositOutcome, DepositSource, GrowId, NewDeposit, money};
use tokio::sync::OnceCell;

use crate::{
    context::Bot,
    deposits::credit::{credit, label},
    secret::Secret,
};

/// How far the sender's clock may be off (api.md), in seconds.
const TOLERANCE: i64 = 300;

/// What the endpoint needs, once the bot is warm.
#[derive(Clone, Default)]
pub struct Deposits(Arc<OnceCell<(Arc<Bot>, Option<Secret>)>>);

impl Deposits {
    /// The bot is warm; without a key no deposit is taken.
    pub fn open(&self, bot: Arc<Bot>, key: Option<Secret>) {
        if self.0.set((bot, key)).is_err() {
            tracing::error!("the endpoint for deposits was opened before");
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    request_id: String,
    grow_id: String,
    amount: Amount,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Amount {
    Number(i64),
    Text(String),
}

/// Why a request is refused: status, code of product.md D18, message.
type Refusal = (StatusCode, &'static str, String);

/// Takes a deposit.
pub async fn post(Shared(deposits): Shared<Deposits>, headers: HeaderMap, body: Bytes) -> Response {
    match take(&deposits, &headers, &body).await {
        Ok((outcome, balance)) => {
            let data = json!({"outcome": label(&outcome), "balance": balance});
            Json(json!({"success": true, "data": data})).into_response()
        }
        Err((status, code, message)) => {
            let error = json!({"code": code, "message": message, "details": Value::Null, "timestamp": Timestamp::now()});
            (status, Json(json!({"success": false, "error": error}))).into_response()
        }
    }
}

async fn take(
    deposits: &Deposits,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<(DepositOutcome, Option<i64>), Refusal> {
    let starting =
        || (StatusCode::SERVICE_UNAVAILABLE, "BOT_CONNECTION_ERROR", "the bot is starting; try again".into());
    let (bot, key) = deposits.0.get().ok_or_else(starting)?;
    let off = || {
        let message = "deposits by request are off; set shop.deposits.httpSecretRef in the DiscordBot";
        (StatusCode::NOT_FOUND, "INVALID_CONFIGURATION", message.into())
    };
    let key = key.as_ref().ok_or_else(off)?;
    if let Err(why) = check(key, headers, body, Timestamp::now()) {
        bot.metrics.deposits.with_label_values(&["unauthorized"]).inc();
        tracing::warn!(why, "a request for a deposit was refused");
        return Err((StatusCode::UNAUTHORIZED, "UNAUTHORIZED_OPERATION", why.into()));
    }
    let new = read(bot, body).map_err(|why| (StatusCode::BAD_REQUEST, "INVALID_CONFIGURATION", why))?;
    let outcome = credit(bot, &new).await.map_err(|error| {
        bot.state.failed(&error);
        let message = "the shop's database cannot be reached; send the same request again";
        (StatusCode::SERVICE_UNAVAILABLE, "BOT_CONNECTION_ERROR", message.into())
    })?;
    let balance = match &outcome {
        DepositOutcome::Credited { customer } | DepositOutcome::AboveCap { customer } => {
            Some(customer.balance)
        }
        _ => None,
    };
    Ok((outcome, balance))
}

/// Is it signed with the key, and of now?
fn check(key: &Secret, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), &'static str> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let timestamp = header("x-stockbot-timestamp").ok_or("X-Stockbot-Timestamp is missing")?;
    let signature = header("x-stockbot-signature").ok_or("X-Stockbot-Signature is missing")?;
    let bytes = unhex(signature.trim_start_matches("sha256=")).ok_or("X-Stockbot-Signature is not hex")?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()).map_err(|_| "the key cannot be used")?;
    mac.update(timestamp.as_bytes());
    mac.update(body);
    mac.verify_slice(&bytes).map_err(|_| "the signature is wrong")?;
    let sent: i64 = timestamp.parse().map_err(|_| "X-Stockbot-Timestamp is no Unix time in seconds")?;
    let off = now.as_second().saturating_sub(sent).saturating_abs();
    if off > TOLERANCE { Err("the request is more than 5 minutes old, or a clock is wrong") } else { Ok(()) }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok()
        })
        .collect()
}

fn read(bot: &Bot, body: &[u8]) -> Result<NewDeposit, String> {
    let Body { request_id, grow_id, amount } =
        serde_json::from_slice(body).map_err(|error| format!("the body is not understood: {error}"))?;
    let plain = request_id.bytes().all(|b| b.is_ascii_graphic());
    if !plain || !(1..=100).contains(&request_id.len()) {
        return Err("requestId must be 1 to 100 visible ASCII characters".into());
    }
    let grow_id: GrowId = grow_id.parse().map_err(|error| format!("growId: {error}"))?;
    let amount = match amount {
        Amount::Number(number) => number,
        Amount::Text(text) => {
            money::parse(&text, &bot.config().shop.currency).map_err(|error| format!("amount: {error}"))?
        }
    };
    if amount <= 0 {
        return Err("amount must be more than 0".into());
    }
    let read = Some((grow_id.as_str().to_owned(), amount));
    Ok(NewDeposit { source: DepositSource::Http, external_id: request_id, read })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(timestamp: i64, signature: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-stockbot-timestamp", timestamp.to_string().parse().unwrap());
        headers.insert("x-stockbot-signature", signature.parse().unwrap());
        headers
    }

    #[test]
    fn only_what_the_key_signs_within_five_minutes_is_taken() {
        // The known answer was computed with OpenSSL: printf '1700000000{}' | openssl dgst -sha256 -hmac key
        let signature = "8bf94835bbbcef46f74a1250c47850ede3fa88090e59f1b0bc6af31209a97ca9";
        let key = Secret::from("key".to_owned());
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let check = |headers: &HeaderMap, body: &[u8], now| check(&key, headers, body, at(now));
        let good = headers(1_700_000_000, signature);
        assert_eq!(check(&good, b"{}", 1_700_000_000), Ok(()));
        assert_eq!(check(&good, b"{}", 1_700_000_300), Ok(()));
        assert!(check(&good, b"{}", 1_700_000_301).is_err(), "late");
        assert!(check(&good, b"{}", 1_699_999_699).is_err(), "early");
        assert!(check(&good, b"{ }", 1_700_000_000).is_err(), "another body");
        assert!(check(&headers(1_700_000_001, signature), b"{}", 1_700_000_001).is_err(), "another time");
        for bad in ["", "zz", "abc", &signature[2..], "é"] {
            let mut forged = good.clone();
            if let Ok(value) = axum::http::HeaderValue::from_bytes(bad.as_bytes()) {
                forged.insert("x-stockbot-signature", value);
            }
            assert!(check(&forged, b"{}", 1_700_000_000).is_err(), "{bad:?}");
        }
        assert!(check(&HeaderMap::new(), b"{}", 1_700_000_000).is_err());
    }
}
