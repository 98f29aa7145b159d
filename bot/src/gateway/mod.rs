//! The gateway: `ownership` keeps the leases of the pod's shards and says who holds which (`claim` judges, `tenure` is the proof),
//! `owned` is a shard held, `connection` the session of one (`reconnect` paces it, `close` knows what each close code asks for,
//! `dispatch` what a payload is, `sequence` what may be resumed from), `queue` guards the identify `budget`, `openings` counts what
//! the owner before has used up of a limit, `guild` follows whether the bot is in its guild.

mod budget;
mod claim;
mod close;
mod connection;
mod dispatch;
mod guild;
mod openings;
mod owned;
mod ownership;
mod queue;
mod reconnect;
mod sequence;
mod tenure;

use std::sync::Arc;

use tokio::{sync::watch, task::JoinSet};

use self::{
    budget::KnownLimit, connection::Gateway, guild::Guild, ownership::Ownership, queue::IdentifyGate,
};
use crate::{context::Bot, discord::session::GatewayInfo, secret::Secret};

/// Starts the loops of the gateway; `info` is what Discord said when the pod started. `publisher` follows whether this pod holds
/// shard 0.
pub fn start(
    bot: &Arc<Bot>,
    token: Secret,
    info: GatewayInfo,
    publisher: watch::Sender<bool>,
    tasks: &mut JoinSet<()>,
) {
    let config = bot.config();
    let wanted = config.discord.shards;
    let total = u32::try_from(if wanted == 0 { info.shards } else { wanted }).unwrap_or(1).max(1);
    bot.state.update(|status| status.gateway.shards.desired = i32::try_from(total).unwrap_or(1));
    let guild = Arc::new(Guild::new(config.guild_id.get(), total));
    let known = KnownLimit::new(info.session_start_limit, std::time::Instant::now());
    let gate = IdentifyGate::new(bot.clone(), known);
    let gateway = Gateway { bot: bot.clone(), token, url: info.url, total, gate, guild: guild.clone() };
    tasks.spawn(Ownership::new(Arc::new(gateway), publisher).run());
    tasks.spawn(guild.follow(bot.clone()));
}
