//! HTTP interactions: signed with the application's Ed25519 key over timestamp and raw body, answered in the
//! response. Now and then a request with a bad signature is sent, which must get 401, as Discord does.

use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::Signer;
use rand::RngExt;
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::answer;
use crate::id::Id;
use crate::server::{Server, Shared};
use crate::world::application::hex;
use crate::world::base::Base;
use crate::world::interaction::{AUTOCOMPLETE, Progress};

/// One in so many deliveries is accompanied by a request with a bad signature.
const PROBE_EVERY: u32 = 20;

/// Sends a body with a signature, good or deliberately bad.
async fn send(
    server: &Server,
    application: Id,
    url: &str,
    body: &str,
    good: bool,
) -> Result<reqwest::Response, String> {
    let timestamp = jiff::Timestamp::now().as_second().to_string();
    let signed = format!("{timestamp}{body}");
    let signature = {
        let world = server.world();
        let application = world.applications.get(&application).ok_or("no such application")?;
        application.signing_key.sign(signed.as_bytes()).to_bytes()
    };
    let signature = if good { signature } else { signature.map(|byte| !byte) };
    let request = server
        .http
        .post(url)
        .timeout(Duration::from_secs(3))
        .header("content-type", "application/json")
        .header("user-agent", "Discord-Interactions/1.0 (+https://discord.com)")
        .header("x-signature-ed25519", hex(&signature))
        .header("x-signature-timestamp", timestamp)
        .body(body.to_owned());
    request.send().await.map_err(|error| error.to_string())
}

/// What an address is tried with.
fn ping(application: Id) -> Value {
    json!({ "application_id": application, "id": "1", "token": "ping", "type": 1, "version": 1 })
}

/// What Discord demands of an address before it is kept: PONG to a PING, and 401 to a bad signature.
pub async fn verify(server: &Server, application: Id, url: &str) -> Result<(), String> {
    let ping = ping(application).to_string();
    let refused = send(server, application, url, &ping, false).await?.status();
    if refused != StatusCode::UNAUTHORIZED {
        return Err(format!("a bad signature must get 401, not {refused}"));
    }
    let answer = send(server, application, url, &ping, true).await?;
    let status = answer.status();
    let body: Value = answer.json().await.map_err(|error| error.to_string())?;
    if status != StatusCode::OK || body["type"] != json!(answer::PONG) {
        return Err(format!("a PING must get 200 and type 1, not {status} and {body}"));
    }
    Ok(())
}

/// Delivers one interaction and takes the answer.
pub async fn deliver(server: Shared, id: Id, application: Id, url: String, payload: Arc<str>) {
    let host = server.options.listen.first().map(ToString::to_string);
    let payload = Base::new(host.as_deref()).localise(&payload);
    probe(&server, application, &url).await;
    let outcome = match send(&server, application, &url, &payload, true).await {
        Ok(answer) => take(&server, id, answer).await,
        Err(reason) => Err(reason),
    };
    if let Err(reason) = outcome {
        fail(&server, id, &reason);
    }
}

async fn probe(server: &Server, application: Id, url: &str) {
    let due = server.world().rng.random_range(0..PROBE_EVERY) == 0;
    if !due {
        return;
    }
    let ping = ping(application);
    if let Ok(answer) = send(server, application, url, &ping.to_string(), false).await
        && answer.status() != StatusCode::UNAUTHORIZED
    {
        let detail = json!({ "status": answer.status().as_u16(), "expected": 401 });
        server.violations.add("interaction.bad_signature_accepted", Some(application), &detail, &ping);
    }
}

async fn take(server: &Server, id: Id, answer: reqwest::Response) -> Result<(), String> {
    // 202 promises a callback through the REST API.
    if answer.status() == StatusCode::ACCEPTED {
        return Ok(());
    }
    if !answer.status().is_success() {
        return Err(format!("the answer was {}", answer.status()));
    }
    let body: Value = answer.json().await.map_err(|error| error.to_string())?;
    let object = body.as_object().ok_or("the answer is no JSON object")?;
    let mut world = server.world();
    let interaction = world.interactions.get(&id).ok_or("the interaction is gone")?;
    answer::in_time(server, interaction).map_err(|error| error.message)?;
    answer::take(server, &mut world, id, object, &[]).map_err(|error| error.body().to_string())
}

fn fail(server: &Server, id: Id, reason: &str) {
    let mut world = server.world();
    let Some(interaction) = world.interactions.get_mut(&id) else { return };
    if interaction.progress == Progress::Waiting {
        interaction.progress = Progress::Failed;
        interaction.changed.notify_waiters();
    }
    let (application, kind) = (interaction.application, interaction.kind);
    drop(world);
    if kind != AUTOCOMPLETE {
        let detail = json!({ "reason": reason });
        server.violations.add(
            "interaction.http_answer",
            Some(application),
            &detail,
            &json!({ "interaction": id }),
        );
    }
}
