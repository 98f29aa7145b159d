//! Op 8, request guild members: answered with `GUILD_MEMBERS_CHUNK`.

use serde_json::{Value, json};

use super::close;
use super::connection::{Connection, End};
use super::frames::refuse;
use crate::id::Id;
use crate::world::{World, intents};

/// Members per chunk.
const CHUNK: usize = 1000;

/// Takes a request.
pub async fn request(connection: &mut Connection, data: &Value) -> Result<(), End> {
    let guild = data["guild_id"].as_str().and_then(|id| id.parse::<Id>().ok());
    let (Some(guild), Some(carried)) = (guild, &connection.carried) else {
        return refuse(connection, close::DECODE_ERROR, &json!({ "op": 8, "d": data }));
    };
    {
        let mut world = connection.server.world();
        let session = world.sessions.get(carried.application, &carried.session);
        let privileged = session.is_some_and(|session| session.intents & intents::GUILD_MEMBERS != 0);
        let wanted = find(&world, carried.application, guild, data, privileged);
        let count = wanted.len().div_ceil(CHUNK).max(1);
        let mut chunks = wanted.chunks(CHUNK);
        for index in 0..count {
            let members = chunks.next().unwrap_or_default();
            let mut chunk = json!({
                "guild_id": guild, "members": members, "chunk_index": index, "chunk_count": count, "not_found": [],
            });
            if data["nonce"].is_string() {
                chunk["nonce"] = data["nonce"].clone();
            }
            if let Some(session) = world.sessions.get_mut(carried.application, &carried.session) {
                session.push("GUILD_MEMBERS_CHUNK", &chunk.to_string().into(), 1);
            }
        }
    }
    connection.flush().await
}

fn find(world: &World, application: Id, guild: Id, data: &Value, privileged: bool) -> Vec<Value> {
    let Some(guild) = world.guilds.get(&guild).filter(|guild| guild.applications.contains(&application))
    else {
        return Vec::new();
    };
    let ids: Option<Vec<Id>> = match &data["user_ids"] {
        Value::Array(list) => Some(list.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()),
        Value::String(id) => Some(id.parse().ok().into_iter().collect()),
        _ => None,
    };
    let query = data["query"].as_str().unwrap_or_default().to_lowercase();
    let limit = match data["limit"].as_u64().unwrap_or(0) {
        0 => usize::MAX,
        limit => usize::try_from(limit).unwrap_or(usize::MAX),
    };
    // The whole list is for those with the `GUILD_MEMBERS` intent.
    let whole = ids.is_none() && query.is_empty();
    if whole && !privileged {
        return Vec::new();
    }
    let matches = |user: Id| match &ids {
        Some(ids) => ids.contains(&user),
        None => world.users.get(&user).is_some_and(|user| user.username.starts_with(&query)),
    };
    let members = guild.members.values().filter(|member| matches(member.user));
    members.take(limit).map(|member| world.member_json(member)).collect()
}
