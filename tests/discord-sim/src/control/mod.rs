//! The control API under `/_sim`: what tests and the page make, do, break and look at.

pub mod act;
pub mod applications;
pub mod error;
pub mod faults;
pub mod gateway;
pub mod guilds;
pub mod interactions;
pub mod look;
pub mod time;
pub mod users;

use axum::Router;
use axum::routing::{delete, get, post, put};

use crate::server::Shared;

/// Everything under `/_sim`.
pub fn router() -> Router<Shared> {
    making()
        .merge(doing())
        .merge(breaking())
        .merge(looking())
        .fallback(error::no_route)
        .method_not_allowed_fallback(error::no_method)
}

fn making() -> Router<Shared> {
    Router::new()
        .route("/applications", get(applications::list).post(applications::create))
        .route("/applications/{id}", get(applications::get).put(applications::change))
        .route("/guilds", post(guilds::create))
        .route("/guilds/{guild}", delete(guilds::delete))
        .route("/guilds/{guild}/channels", post(guilds::create_channel))
        .route("/guilds/{guild}/roles", post(guilds::create_role))
        .route("/guilds/{guild}/members", post(guilds::create_member))
        .route("/guilds/{guild}/applications", post(guilds::add_application))
        .route("/guilds/{guild}/applications/{application}", delete(guilds::remove_application))
        .route("/users/{user}", put(users::change))
        .route("/messages/{message}", delete(look::delete_message))
        .route("/channels/{channel}", delete(look::delete_channel))
        .route("/reset", post(look::reset))
}

fn doing() -> Router<Shared> {
    Router::new()
        .route("/users/{user}/click", post(act::click))
        .route("/users/{user}/select", post(act::select))
        .route("/users/{user}/submit", post(act::submit))
        .route("/users/{user}/command", post(act::command))
        .route("/users/{user}/autocomplete", post(act::autocomplete))
        .route("/users/{user}/message", post(act::message))
        .route("/interactions/{id}", get(interactions::get))
        .route("/interactions/{id}/replay", post(interactions::replay))
}

fn breaking() -> Router<Shared> {
    Router::new()
        .route("/faults", get(faults::list).post(faults::create).delete(faults::clear))
        .route("/faults/{id}", delete(faults::delete))
        .route("/gateway/{application}/close", post(gateway::close))
        .route("/gateway/{application}/reconnect", post(gateway::reconnect))
        .route("/gateway/{application}/invalidate", post(gateway::invalidate))
        .route("/gateway/{application}/pause", post(gateway::pause))
        .route("/gateway/{application}/refuse", post(gateway::refuse))
        .route("/messages/{message}/age", post(time::age_message))
        .route("/interactions/{id}/age", post(time::age_interaction))
        .route("/sessions/{id}/expire", post(time::expire_session))
}

fn looking() -> Router<Shared> {
    Router::new()
        .route("/channels/{channel}/messages", get(look::messages))
        .route("/users/{user}/dms", get(look::dms))
        .route("/users/{user}/commands", get(users::commands))
        .route("/world", get(look::world))
        .route("/log", get(look::log))
        .route("/violations", get(look::violations))
}
