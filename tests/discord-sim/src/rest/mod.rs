//! The REST API: one file per resource, the pipeline every request goes through, and the rules for bodies.

pub mod applications;
pub mod attachments;
pub mod callback;
mod channel_settings;
pub mod channels;
mod command_list;
mod command_overwrite;
pub mod commands;
pub mod compose;
pub mod error;
pub mod extract;
pub mod followups;
mod front;
pub mod gateway;
pub mod guilds;
pub mod kept;
pub mod members;
pub mod messages;
pub mod payload;
pub mod pipeline;
pub mod ratelimit;
mod record;
pub mod users;
pub mod validate;
pub mod version;
pub mod webhooks;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, patch, post, put};

use crate::server::Shared;

/// Everything under `/api/v10`, and the same under `/api/v9`.
pub fn router(server: &Shared) -> Router<Shared> {
    general()
        .merge(channel_routes())
        .merge(guild_routes())
        .merge(command_routes())
        .merge(token_routes())
        .fallback(pipeline::no_route)
        .method_not_allowed_fallback(pipeline::no_method)
        .layer(from_fn_with_state(server.clone(), pipeline::run))
}

/// Everything else under `/api`: versions that do not exist.
pub fn no_version(server: &Shared) -> Router<Shared> {
    Router::new().fallback(version::unknown).layer(from_fn_with_state(server.clone(), pipeline::run))
}

fn general() -> Router<Shared> {
    Router::new()
        .route("/gateway", get(gateway::gateway))
        .route("/gateway/bot", get(gateway::gateway_bot))
        .route("/users/@me", get(users::me))
        .route("/users/@me/guilds", get(users::guilds))
        .route("/users/@me/channels", post(users::open_direct))
        .route("/users/{user}", get(users::user))
        .route("/applications/@me", get(applications::me).patch(applications::edit))
        .route("/oauth2/applications/@me", get(applications::me))
}

fn channel_routes() -> Router<Shared> {
    Router::new()
        .route(
            "/channels/{channel}",
            get(channels::get).patch(channel_settings::edit).delete(channels::delete),
        )
        .route(
            "/channels/{channel}/permissions/{overwrite}",
            put(channel_settings::put_overwrite).delete(channel_settings::delete_overwrite),
        )
        .route("/channels/{channel}/typing", post(channels::typing))
        .route("/channels/{channel}/webhooks", get(webhooks::of_channel).post(webhooks::create))
        .route("/channels/{channel}/messages", get(messages::list).post(messages::create))
        .route("/channels/{channel}/messages/bulk-delete", post(messages::bulk_delete))
        .route(
            "/channels/{channel}/messages/{message}",
            get(messages::get).patch(messages::edit).delete(messages::delete),
        )
}

fn guild_routes() -> Router<Shared> {
    Router::new()
        .route("/guilds/{guild}", get(guilds::get))
        .route("/guilds/{guild}/channels", get(guilds::channels).post(guilds::create_channel))
        .route("/guilds/{guild}/roles", get(guilds::roles).post(guilds::create_role))
        .route("/guilds/{guild}/members", get(members::list))
        .route("/guilds/{guild}/members/@me", patch(members::edit_own))
        .route("/guilds/{guild}/members/{user}", get(members::get).patch(members::edit))
        .route(
            "/guilds/{guild}/members/{user}/roles/{role}",
            put(members::give_role).delete(members::take_role),
        )
}

fn command_routes() -> Router<Shared> {
    let all = get(command_list::list).post(commands::create).put(command_overwrite::overwrite);
    let one = get(commands::get).patch(commands::edit).delete(commands::delete);
    let guild_all = get(command_list::list_in).post(commands::create_in).put(command_overwrite::overwrite_in);
    let guild_one = get(commands::get_in).patch(commands::edit_in).delete(commands::delete_in);
    Router::new()
        .route("/applications/{application}/commands", all)
        .route("/applications/{application}/commands/{command}", one)
        .route("/applications/{application}/guilds/{guild}/commands", guild_all)
        .route("/applications/{application}/guilds/{guild}/commands/{command}", guild_one)
}

fn token_routes() -> Router<Shared> {
    Router::new()
        .route("/interactions/{id}/{token}/callback", post(callback::create))
        .route("/webhooks/{webhook}", get(webhooks::read).patch(webhooks::edit).delete(webhooks::delete))
        .route(
            "/webhooks/{webhook}/{token}",
            get(webhooks::get)
                .post(followups::create)
                .patch(webhooks::edit_by_token)
                .delete(webhooks::delete_by_token),
        )
        .route(
            "/webhooks/{webhook}/{token}/messages/{message}",
            get(followups::get).patch(followups::edit).delete(followups::delete),
        )
}
