//! Finds deposits in the messages of the configured webhook or author. The gateway only wakes: messages are read from the channel,
//! after the last one that was read, so that none is missed while the bot is away, and edited ones once more.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use stockbot_config::{MaybeId, Snowflake};
use stockbot_store::{
    Actor, DepositSource, NewDeposit, Severity, StoreError,
    deposits::{deposits_read_to, set_deposits_read_to},
    logs::audit_log,
};
use tokio::sync::watch;

use super::{credit::credit, read};
use crate::{
    channels::words,
    context::Bot,
    discord::{RestError, messages::Message},
};

/// The channel is looked at that often in any case: a session that began without the intent for messages hears of none.
const LOOK: Duration = Duration::from_secs(15);
/// Messages read at a time.
const PAGE: u8 = 100;
/// Discord's time begins there.
const EPOCH_MS: i64 = 1_420_070_400_000;
/// What the status calls deposits that cannot be read.
const TROUBLE: &str = "shop.channels.deposits";

/// Why the channel could not be read to its end.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("deposits: {0}")]
    Store(#[from] StoreError),
    #[error("deposits: {0}")]
    Discord(#[from] RestError),
}

/// Runs until the process stops; reads while this pod owns shard 0.
pub async fn follow(bot: Arc<Bot>, mut publisher: watch::Receiver<bool>) {
    // Deposits from before the first start are none of this bot's.
    let first = snowflake(Timestamp::now());
    loop {
        let owner = bot.stopping.run_until_cancelled(publisher.wait_for(|publishes| *publishes)).await;
        if owner.is_none_or(|owner| owner.is_err()) {
            return;
        }
        bot.state.beat("deposits");
        if let Err(error) = look(&bot, first).await {
            tracing::warn!(%error, "the deposit channel could not be read; it is tried again");
            bot.state.failed(&error);
        }
        bot.state.rest("deposits");
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = bot.wakeups.deposits.notified() => {}
            () = bot.stopping.cancelled() => return,
        }
    }
}

/// The smallest message id of that time.
fn snowflake(at: Timestamp) -> u64 {
    u64::try_from(at.as_millisecond() - EPOCH_MS).unwrap_or(0) << 22
}

async fn look(bot: &Bot, first: u64) -> Result<(), ReadError> {
    let config = bot.config();
    let deposits = &config.shop.deposits;
    let Some(channel) = config.shop.channels.deposits.0.map(Snowflake::get) else { return Ok(()) };
    if deposits.webhook_id.0.is_none() && deposits.author_id.0.is_none() {
        return Ok(());
    }
    for message in bot.wakeups.deposits.take_edited() {
        match bot.rest.message(channel, message).await {
            Ok(message) => take(bot, &message).await?,
            // Deleted meanwhile.
            Err(RestError::Refused { status: 404, .. }) => {}
            Err(error) => {
                bot.wakeups.deposits.edited(message);
                return Err(error.into());
            }
        }
    }
    let mut read_to = deposits_read_to(&bot.store, bot.shop, channel, first).await?;
    loop {
        let mut messages = bot.rest.messages_after(channel, read_to, PAGE).await?;
        messages.sort_by_key(Message::number);
        for message in &messages {
            take(bot, message).await?;
            read_to = message.number();
            set_deposits_read_to(&bot.store, bot.shop, channel, read_to).await?;
        }
        if messages.len() < usize::from(PAGE) {
            return Ok(());
        }
    }
}

/// Credits what a message tells, if it is one of the source's.
async fn take(bot: &Bot, message: &Message) -> Result<(), StoreError> {
    let config = bot.config();
    let deposits = &config.shop.deposits;
    let id = |id: MaybeId| id.0.map(|id| id.get().to_string());
    let by_webhook = message.webhook_id.is_some() && message.webhook_id == id(deposits.webhook_id);
    let by_author =
        message.webhook_id.is_none() && Some(&message.author.id) == id(deposits.author_id).as_ref();
    let told = read(&message.content, &message.embeds, &config.shop.currency);
    if !by_webhook && !by_author {
        let ours = message.author.id == bot.user.to_string();
        if told.is_some() && !ours {
            forged(bot, message).await?;
        }
        return Ok(());
    }
    if message.content.is_empty() && message.embeds.is_empty() {
        let problem = "messages arrive without their text; enable the Message Content intent of the application in the Developer Portal";
        let channel = config.shop.channels.deposits.0.map_or(0, Snowflake::get);
        bot.state.trouble(TROUBLE, Some(words(TROUBLE, channel, problem)));
    }
    let source = DepositSource::Message;
    let Some(told) = told else {
        let new = NewDeposit { source, external_id: message.id.clone(), read: None };
        return credit(bot, &new).await.map(drop);
    };
    for (row, read) in told.into_iter().enumerate() {
        let external_id = if row == 0 { message.id.clone() } else { format!("{}#{}", message.id, row + 1) };
        credit(bot, &NewDeposit { source, external_id, read: Some(read) }).await?;
    }
    Ok(())
}

/// Somebody else wrote what looks like a deposit: nothing is credited, and the trail knows.
async fn forged(bot: &Bot, message: &Message) -> Result<(), StoreError> {
    let author = message.author.id.parse().unwrap_or_default();
    let actor = Actor { user_id: author, name: "writer in the deposit channel".into() };
    let details = serde_json::json!({ "message": message.id, "webhook": message.webhook_id });
    bot.metrics.deposits.with_label_values(&["forged"]).inc();
    let action = "security.deposit_forged";
    audit_log(&bot.store, bot.shop, Severity::Warning, action, &actor, &message.id, &details).await
}
