//! Identify and Resume: tokens, versions, shards, intents, the budget; the dispatches that follow.

use std::time::Instant;

use rand::RngExt;
use serde_json::{Value, json};

use super::close::{self, Close};
use super::connection::{Carried, Connection, End};
use super::frames::refuse;
use crate::id::Id;
use crate::world::application::{Verdict, hex, make_token};
use crate::world::base::Base;
use crate::world::session::{Order, Session};
use crate::world::{World, intents};

/// What becomes of an Identify or Resume.
enum Outcome {
    Carry(Carried),
    /// Op 9: not resumable.
    Invalid,
    Close(Close),
}

/// Op 2: starts a session.
pub async fn identify(connection: &mut Connection, data: &Value) -> Result<(), End> {
    let outcome = start(connection, data);
    if let Some(compress) = data["compress"].as_bool() {
        connection.compress_payloads = compress;
    }
    conclude(connection, outcome, &json!({ "op": 2, "d": data })).await
}

/// Op 6: goes on with a session.
pub async fn resume(connection: &mut Connection, data: &Value) -> Result<(), End> {
    let outcome = go_on(connection, data);
    conclude(connection, outcome, &json!({ "op": 6, "d": data })).await
}

async fn conclude(connection: &mut Connection, outcome: Outcome, frame: &Value) -> Result<(), End> {
    match outcome {
        Outcome::Carry(carried) => {
            connection.carried = Some(carried);
            connection.flush().await
        }
        Outcome::Invalid => connection.send(&json!({ "t": null, "s": null, "op": 9, "d": false })).await,
        Outcome::Close(close) => refuse(connection, close, frame),
    }
}

fn start(connection: &Connection, data: &Value) -> Outcome {
    let (Some(token), true) = (data["token"].as_str(), data["properties"].is_object()) else {
        return Outcome::Close(close::DECODE_ERROR);
    };
    let Some(intents) = data["intents"].as_u64() else { return Outcome::Close(close::DECODE_ERROR) };
    let mut world = connection.server.world();
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    let Some(id) = world.application_by_token(token).map(|application| application.id) else {
        return Outcome::Close(close::AUTHENTICATION_FAILED);
    };
    let shard = match shard(&data["shard"]) {
        Ok(shard) => shard,
        Err(close) => return Outcome::Close(close),
    };
    if let Err(close) = admissible(&world, id, shard, intents) {
        return Outcome::Close(close);
    }
    match spend(connection, &mut world, id, shard.0) {
        Verdict::Granted => {}
        Verdict::TooFast => return Outcome::Invalid,
        Verdict::Exhausted => return Outcome::Close(close::AUTHENTICATION_FAILED),
    }
    let session = open(connection, &mut world, id, shard, intents);
    Outcome::Carry(Carried { session, application: id, shard, sent: 0 })
}

fn shard(given: &Value) -> Result<(u64, u64), Close> {
    let list = match given {
        Value::Null => return Ok((0, 1)),
        Value::Array(list) => list,
        _ => return Err(close::DECODE_ERROR),
    };
    match (list.first().and_then(Value::as_u64), list.get(1).and_then(Value::as_u64), list.len()) {
        (Some(id), Some(total), 2) if id < total => Ok((id, total)),
        _ => Err(close::INVALID_SHARD),
    }
}

fn admissible(world: &World, id: Id, shard: (u64, u64), asked: u64) -> Result<(), Close> {
    let Some(application) = world.applications.get(&id) else { return Err(close::AUTHENTICATION_FAILED) };
    let guilds = world.guilds.values().filter(|guild| guild.applications.contains(&id));
    let mine = guilds.filter(|guild| guild.id.shard(shard.1) == shard.0).count();
    // A shard carries 2500 guilds; `shards` of the control API asks for more shards than that alone would.
    if shard.1 < application.shards || mine > 2500 {
        return Err(close::SHARDING_REQUIRED);
    }
    if asked & !intents::KNOWN != 0 {
        return Err(close::INVALID_INTENTS);
    }
    if asked & intents::PRIVILEGED & !application.privileged_intents != 0 {
        return Err(close::DISALLOWED_INTENTS);
    }
    Ok(())
}

fn spend(connection: &Connection, world: &mut World, id: Id, shard: u64) -> Verdict {
    let Some(application) = world.applications.get_mut(&id) else { return Verdict::Exhausted };
    application.identifies += 1;
    let verdict = application.budget.spend(shard, Instant::now());
    let rule = match verdict {
        Verdict::Granted => return verdict,
        Verdict::TooFast => "gateway.identify_concurrency",
        Verdict::Exhausted => "gateway.identify_budget",
    };
    if verdict == Verdict::Exhausted {
        application.count_reset();
        let token = make_token(id, &mut world.rng);
        world.set_token(id, token);
        for session in world.sessions.of(id) {
            session.order(Order::Close(close::AUTHENTICATION_FAILED.0, close::AUTHENTICATION_FAILED.1));
        }
        world.sessions.retain(|session| session.application != id);
    }
    connection.server.violations.add(rule, Some(id), &json!({ "shard": shard }), &json!({ "op": 2 }));
    verdict
}

fn open(connection: &Connection, world: &mut World, id: Id, shard: (u64, u64), asked: u64) -> String {
    let secret: [u8; 16] = world.rng.random();
    let session_id = hex(&secret);
    let link = connection.link(world.rng.random());
    let mut session = Session::new(session_id.clone(), id, shard, asked, connection.base.clone(), link);
    let carried: Vec<Id> = world
        .guilds
        .values()
        .filter(|guild| guild.applications.contains(&id) && session.carries(Some(guild.id)))
        .map(|guild| guild.id)
        .collect();
    session.push("READY", &ready(world, connection.version, &session, &carried).to_string().into(), 1);
    if asked & intents::GUILDS != 0 {
        let with_members = asked & intents::GUILD_MEMBERS != 0;
        for guild in carried.iter().filter_map(|guild| world.guilds.get(guild)) {
            session.push("GUILD_CREATE", &world.guild_create(guild, id, with_members).to_string().into(), 1);
        }
    }
    world.sessions.insert(session);
    session_id
}

fn ready(world: &World, version: u64, session: &Session, guilds: &[Id]) -> Value {
    let application = world.applications.get(&session.application);
    let flags = application.map_or(0, |app| intents::application_flags(app.privileged_intents));
    let guilds: Vec<Value> = guilds.iter().map(|id| json!({ "id": id, "unavailable": true })).collect();
    json!({
        "v": version,
        "user": world.users.get(&session.application).map(crate::world::user::User::own_json),
        "guilds": guilds,
        "private_channels": [],
        "relationships": [],
        "presences": [],
        "user_settings": {},
        "session_type": "normal",
        "session_id": session.id,
        "resume_gateway_url": Base::anywhere().ws(&format!("/resume/{}", session.application)),
        "shard": [session.shard.0, session.shard.1],
        "application": { "id": session.application, "flags": flags },
        "geo_ordered_rtc_regions": [],
        "auth": {},
        "_trace": [],
    })
}

fn go_on(connection: &Connection, data: &Value) -> Outcome {
    let (Some(token), Some(session_id)) = (data["token"].as_str(), data["session_id"].as_str()) else {
        return Outcome::Close(close::DECODE_ERROR);
    };
    let Some(seq) = data["seq"].as_u64() else { return Outcome::Close(close::DECODE_ERROR) };
    let mut world = connection.server.world();
    let token = token.strip_prefix("Bot ").unwrap_or(token);
    let Some(id) = world.application_by_token(token).map(|application| application.id) else {
        return Outcome::Close(close::AUTHENTICATION_FAILED);
    };
    world.sessions.forget_dead(connection.server.options.session_life);
    let number = world.rng.random();
    let Some(session) = world.sessions.get_mut(id, session_id) else { return Outcome::Invalid };
    if seq > session.seq {
        world.sessions.remove(id, session_id);
        return Outcome::Close(close::INVALID_SEQ);
    }
    if !session.reaches_back_to(seq) {
        world.sessions.remove(id, session_id);
        return Outcome::Invalid;
    }
    // Whoever held the session until now has lost it.
    session.order(Order::Close(close::UNKNOWN_ERROR.0, close::UNKNOWN_ERROR.1));
    session.link = Some(connection.link(number));
    session.detached = None;
    session.base = connection.base.clone();
    session.forget_resumed();
    session.push("RESUMED", &r#"{"_trace":[]}"#.into(), 1);
    let shard = session.shard;
    if let Some(application) = world.applications.get_mut(&id) {
        application.resumes += 1;
    }
    Outcome::Carry(Carried { session: session_id.to_owned(), application: id, shard, sent: seq })
}
