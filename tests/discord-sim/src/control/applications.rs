//! `/_sim/applications`: making them and seeing how they fare at the gateway.

use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, At, ControlError, Given};
use crate::id::Id;
use crate::server::{Server, Shared};
use crate::world::application::Application;
use crate::world::create::NewApplication;
use crate::world::session::Session;
use crate::world::{World, intents};

/// An application to make.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Its id; a new one if missing.
    pub id: Option<Id>,
    /// Its bot token; a random one if missing.
    pub token: Option<String>,
    /// Identifies in 24 h, 1000 if missing.
    pub total: Option<u64>,
    /// Identifies at once, 1 if missing.
    pub max_concurrency: Option<u64>,
    /// Shards it must use at least, 1 if missing.
    pub shards: Option<u64>,
    /// Names of privileged intents that are switched on.
    #[serde(default)]
    pub privileged_intents: Vec<String>,
    /// Time between two identifies of a key, 5 s if missing.
    #[serde(default, deserialize_with = "crate::time::text::option::deserialize")]
    pub identify_spacing: Option<Duration>,
    /// Where HTTP interactions go.
    pub interactions_url: Option<String>,
}

/// The bits of privileged intents by name.
pub fn privileged(names: &[String]) -> Result<u64, String> {
    names.iter().try_fold(0, |bits, name| {
        let bit = intents::privileged_by_name(name);
        let hint = "privileged intents are GUILD_MEMBERS, GUILD_PRESENCES and MESSAGE_CONTENT";
        bit.map(|bit| bits | bit).ok_or_else(|| format!("'{name}': {hint}"))
    })
}

/// Makes an application in a world.
pub fn make(world: &mut World, wanted: Wanted) -> Result<Id, String> {
    if wanted.name.is_empty() || wanted.name.chars().count() > 32 {
        return Err("an application's name has 1 to 32 characters".into());
    }
    if wanted.id.is_some_and(|id| world.users.contains_key(&id)) {
        return Err("this id is taken".into());
    }
    if wanted.token.as_ref().is_some_and(|token| world.tokens.contains_key(token)) {
        return Err("this token is taken".into());
    }
    let new = NewApplication {
        id: wanted.id,
        name: wanted.name,
        token: wanted.token,
        total: wanted.total.unwrap_or(1000),
        max_concurrency: wanted.max_concurrency.unwrap_or(1),
        identify_spacing: wanted.identify_spacing.unwrap_or(Duration::from_secs(5)),
        shards: wanted.shards.unwrap_or(1),
        privileged_intents: privileged(&wanted.privileged_intents)?,
        interactions_url: wanted.interactions_url,
    };
    Ok(world.create_application(new))
}

/// Makes an application.
pub async fn create(State(server): State<Shared>, Given(wanted): Given<Wanted>) -> Answer {
    let mut world = server.world();
    let id = make(&mut world, wanted).map_err(ControlError::bad)?;
    describe(&server, &world, id)
}

/// How it fares.
pub async fn get(State(server): State<Shared>, At(id): At<Id>) -> Answer {
    let world = server.world();
    describe(&server, &world, id)
}

/// All applications.
pub async fn list(State(server): State<Shared>) -> Answer {
    let world = server.world();
    let list = world.applications.values().map(|application| json_of(&server, &world, application));
    Ok(Json(list.collect::<Vec<_>>().into()))
}

fn describe(server: &Server, world: &World, id: Id) -> Answer {
    let application = world.applications.get(&id);
    let application =
        application.ok_or_else(|| ControlError::unknown(format!("there is no application {id}")))?;
    Ok(Json(json_of(server, world, application)))
}

fn json_of(server: &Server, world: &World, application: &Application) -> Value {
    let sessions: Vec<Value> =
        world.sessions.of(application.id).map(|session| session_json(server, session)).collect();
    let commands =
        application.commands.scope(None).map(|command| command.json(application.id)).collect::<Vec<_>>();
    json!({
        "id": application.id,
        "name": application.name,
        "token": application.token,
        "public_key": application.public_key(),
        "bot_user_id": application.id,
        "identifies": application.identifies,
        "resumes": application.resumes,
        "remaining": application.budget.remaining,
        "token_resets": application.token_resets,
        "invalid_requests": application.invalid_requests,
        "interactions_url": application.interactions_url,
        "shards": application.shards,
        "commands": commands,
        "sessions": sessions,
    })
}

fn session_json(server: &Server, session: &Session) -> Value {
    let state = match session.detached {
        None => "connected",
        Some(since) if since.elapsed() > server.options.session_life => "expired",
        Some(_) => "resumable",
    };
    json!({
        "id": session.id,
        "shard": [session.shard.0, session.shard.1],
        "seq": session.seq,
        "intents": session.intents,
        "state": state,
    })
}

/// What can be changed of an application. What is missing stays.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    token: Option<String>,
    total: Option<u64>,
    remaining: Option<u64>,
    max_concurrency: Option<u64>,
    shards: Option<u64>,
    privileged_intents: Option<Vec<String>>,
    #[serde(default, deserialize_with = "crate::time::text::option::deserialize")]
    identify_spacing: Option<Duration>,
    /// Empty switches HTTP interactions off.
    interactions_url: Option<String>,
}

/// Changes an application: another token, budget, number of shards, intents.
pub async fn change(State(server): State<Shared>, At(id): At<Id>, Given(change): Given<Change>) -> Answer {
    let mut world = server.world();
    let application = world.applications.get_mut(&id);
    let application =
        application.ok_or_else(|| ControlError::unknown(format!("there is no application {id}")))?;
    if let Some(names) = change.privileged_intents {
        application.privileged_intents = privileged(&names).map_err(ControlError::bad)?;
    }
    let budget = &mut application.budget;
    budget.refill(Instant::now());
    if let Some(total) = change.total {
        budget.total = total;
        budget.remaining = budget.remaining.min(total);
    }
    budget.remaining = change.remaining.unwrap_or(budget.remaining);
    budget.max_concurrency = change.max_concurrency.unwrap_or(budget.max_concurrency).max(1);
    budget.spacing = change.identify_spacing.unwrap_or(budget.spacing);
    application.shards = change.shards.unwrap_or(application.shards).max(1);
    if let Some(url) = change.interactions_url {
        application.interactions_url = Some(url).filter(|url| !url.is_empty());
    }
    if let Some(token) = change.token {
        if world.tokens.get(&token).is_some_and(|owner| *owner != id) {
            return Err(ControlError::bad("this token is taken"));
        }
        world.set_token(id, token);
    }
    describe(&server, &world, id)
}
