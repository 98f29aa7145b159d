//! `/applications/@me`: what a bot knows of its application, and where its HTTP interactions go.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::error::ApiError;
use super::extract::Bot;
use super::payload::Sent;
use super::pipeline::Answer;
use super::validate::form::{Form, present};
use crate::id::Id;
use crate::interactions::http;
use crate::server::{Server, Shared};
use crate::world::intents;

/// What Discord keeps of an application beyond that.
const UNMODELLED: [&str; 16] = [
    "description",
    "icon",
    "cover_image",
    "team_id",
    "flags",
    "explicit_content_filter",
    "max_participants",
    "type",
    "tags",
    "custom_install_url",
    "install_params",
    "role_connections_verification_url",
    "integration_types_config",
    "event_webhooks_status",
    "event_webhooks_url",
    "event_webhooks_types",
];

/// The application of the bot that asks.
pub async fn me(State(server): State<Shared>, Bot(id): Bot) -> Answer {
    json_of(&server, id).map(Json)
}

fn json_of(server: &Server, id: Id) -> Result<Value, ApiError> {
    let world = server.world();
    let application = world.applications.get(&id).ok_or_else(|| ApiError::unknown(10_002))?;
    let guilds = world.guilds.values().filter(|guild| guild.applications.contains(&id)).count();
    let owner = json!({
        "id": "1", "username": "developer", "global_name": "Developer", "discriminator": "0", "avatar": null,
        "public_flags": 0, "flags": 0, "primary_guild": null,
    });
    let flags = intents::application_flags(application.privileged_intents);
    Ok(json!({
        "id": id,
        "name": application.name,
        "icon": null,
        "description": "",
        "summary": "",
        "type": null,
        "bot": world.user_json(id),
        "bot_public": true,
        "bot_require_code_grant": false,
        "integration_types_config": { "0": {} },
        "verify_key": application.public_key(),
        "flags": flags,
        "flags_new": flags.to_string(),
        "hook": true,
        "is_monetized": false,
        "redirect_uris": [],
        "interactions_endpoint_url": application.interactions_url,
        "role_connections_verification_url": null,
        "owner": owner,
        "team": null,
        "approximate_guild_count": guilds,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
    }))
}

/// Changes the application; only the address for HTTP interactions can be changed here. Discord first sends a
/// PING there, and one with a bad signature that must get 401.
pub async fn edit(State(server): State<Shared>, Bot(id): Bot, Sent(sent): Sent) -> Answer {
    let body = sent.object()?;
    let mut form = Form::new();
    form.url(body, "interactions_endpoint_url", &["http", "https"]);
    form.unmodelled(body, &UNMODELLED);
    form.finish()?;
    if body.contains_key("interactions_endpoint_url") {
        let url = present(body, "interactions_endpoint_url").and_then(Value::as_str).map(str::to_owned);
        if let Some(url) = &url
            && let Err(reason) = http::verify(&server, id, url).await
        {
            let mut form = Form::new();
            let message = format!("The specified interactions endpoint url could not be verified: {reason}");
            form.fail_at(
                "interactions_endpoint_url",
                "APPLICATION_INTERACTIONS_ENDPOINT_URL_INVALID",
                message,
            );
            form.finish()?;
        }
        if let Some(application) = server.world().applications.get_mut(&id) {
            application.interactions_url = url;
        }
    }
    json_of(&server, id).map(Json)
}
