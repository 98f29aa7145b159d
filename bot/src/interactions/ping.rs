//! Is the bot there, and how fast?

use super::{error::ReplyError, reply::Reply};
use crate::cards::{Card, Mood};

/// Says how long Discord took for the acknowledgement, and the gateway for a heartbeat.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    let began = std::time::Instant::now();
    reply.defer().await?;
    let gateway = reply.bot.metrics.gateway_latency.get() * 1000.0;
    let arguments = [
        ("answer", began.elapsed().as_millis().to_string().into()),
        ("gateway", format!("{gateway:.0}").into()),
    ];
    reply.show(Card::new(Mood::Good, reply.text("ping", &arguments))).await
}
