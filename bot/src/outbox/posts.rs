//! Public posts and log lines, channel by channel: what has queued up goes into one message. Their failure never touches the sale.

use std::{collections::HashMap, sync::Arc, time::Duration};

use stockbot_store::{
    Order, OutboxJob, OutboxKind, SalePayload, StoreError, money, orders::orders_by_id, outbox::jobs_done,
};

use super::{error::JobError, merge::merge, worker::put_back};
use crate::{
    channels::{posts_to, problem, words},
    context::Bot,
    discord::messages::Message,
    texts::{escape, text},
};

/// Between two messages of a channel: Discord takes 5 in 5 s, and whatever comes meanwhile is merged.
const PACE: Duration = Duration::from_secs(1);

/// A post of one sale.
struct Line {
    job: OutboxJob,
    text: String,
}

/// Posts these jobs of one channel; those that fail are put back.
pub async fn post_all(bot: &Arc<Bot>, channel: u64, jobs: Vec<OutboxJob>) {
    let mut lines = match lines(bot, jobs).await {
        Ok(lines) => lines,
        Err(error) => return bot.state.failed(&error),
    };
    while !lines.is_empty() {
        match post_some(bot, channel, &lines).await {
            Ok(posted) => {
                tell(bot, channel, &lines, None);
                let left = posted.into_iter().zip(lines).filter(|(posted, _)| !posted);
                lines = left.map(|(_, line)| line).collect();
            }
            Err(error) => {
                if let JobError::Discord(error) = &error {
                    tell(bot, channel, &lines, problem(error));
                }
                for line in &lines {
                    put_back(bot, &line.job, &error).await;
                }
                return;
            }
        }
        if bot.stopping.run_until_cancelled(tokio::time::sleep(PACE)).await.is_none() {
            // The next pod posts the rest when the lease is over.
            return;
        }
    }
}

/// Says what keeps the shop from posting to a channel; `None`: nothing.
fn tell(bot: &Bot, channel: u64, lines: &[Line], problem: Option<&str>) {
    for (kind, name) in
        [(OutboxKind::HistoryPost, "shop.channels.history"), (OutboxKind::LogPost, "shop.channels.log")]
    {
        if lines.iter().any(|line| line.job.kind == kind) {
            bot.state.trouble(&posts_to(name), problem.map(|problem| words(name, channel, problem)));
        }
    }
}

/// Posts one message; which of the lines are in it.
async fn post_some(bot: &Bot, channel: u64, lines: &[Line]) -> Result<Vec<bool>, JobError> {
    let texts: Vec<String> = lines.iter().map(|line| line.text.clone()).collect();
    let (body, taken) = merge(&texts);
    // The oldest job names the message. Should an earlier message of that name have gone out unnoticed, Discord answers with
    // it, and only what stands there is done.
    let message = bot.rest.create_message(channel, body, &lines[0].job.nonce, Vec::new()).await?;
    let shown = shown(&message);
    let is_told = shown.contains(&lines[0].text);
    let posted: Vec<bool> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| index < taken && (!is_told || shown.contains(text)))
        .collect();
    let done: Vec<&OutboxJob> =
        lines.iter().zip(&posted).filter(|(_, posted)| **posted).map(|(line, _)| &line.job).collect();
    jobs_done(&bot.store, &done, message.number()).await?;
    Ok(posted)
}

fn shown(message: &Message) -> String {
    let descriptions = message.embeds.iter().filter_map(|embed| embed["description"].as_str());
    descriptions.fold(message.content.clone(), |text, description| format!("{text}\n{description}"))
}

/// The text of each job. What cannot have one is given up.
async fn lines(bot: &Arc<Bot>, jobs: Vec<OutboxJob>) -> Result<Vec<Line>, StoreError> {
    let ids: Vec<&str> = jobs.iter().filter_map(|job| job.order_id.as_deref()).collect();
    let orders = orders_by_id(&bot.store, bot.shop, &ids).await?;
    let orders: HashMap<&str, &Order> = orders.iter().map(|order| (order.id.as_str(), order)).collect();
    let mut lines = Vec::with_capacity(jobs.len());
    for job in jobs {
        if let Some(text) = job.payload["text"].as_str() {
            lines.push(Line { text: text.to_owned(), job });
            continue;
        }
        let order = job.order_id.as_deref().and_then(|id| orders.get(id));
        match (order, serde_json::from_value::<SalePayload>(job.payload.clone())) {
            (Some(order), Ok(payload)) => {
                lines.push(Line { text: line(bot, job.kind, order, &payload), job });
            }
            _ => put_back(bot, &job, &JobError::Impossible("there is no such order".into())).await,
        }
    }
    Ok(lines)
}

fn line(bot: &Bot, kind: OutboxKind, order: &Order, payload: &SalePayload) -> String {
    let total = money::format_exact(order.total, &bot.config().shop.currency);
    let arguments = [
        ("order", order.id.clone().into()),
        ("buyer", format!("<@{}>", payload.user_id).into()),
        ("growId", escape(&payload.grow_id).into()),
        ("user", payload.user_id.to_string().into()),
        ("quantity", order.quantity.to_string().into()),
        ("name", escape(&order.product_name).into()),
        ("code", order.product_code.clone().into()),
        ("total", total.into()),
    ];
    let key = if kind == OutboxKind::LogPost { "log-sale" } else { "history-post" };
    text(bot.locale(), key, &arguments)
}
