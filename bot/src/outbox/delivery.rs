//! Brings the goods to the buyer, exactly once: by direct message, else, or if Discord lets none out soon, attached to the reply.
//!
//! A send whose outcome is unknown is looked up, in the direct channel and in the reply, before anything is sent again; the nonce
//! makes Discord answer a repeat of the next minutes with the first message on top of that.

use std::time::Duration;

use stockbot_config::Currency;
use stockbot_store::{
    DeliveredVia, Order, OutboxJob, SalePayload,
    direct_channels::{direct_channel, forget_direct_channel},
};
use tokio::time::timeout;

use super::error::{JobError, Undelivered};
use crate::{
    cards::{Via, goods_file, plain, receipt_card},
    context::Bot,
    discord::{File, Rest, RestError, error::code, messages::Message},
    texts::{escape, text},
};

/// Longest wait for Discord's limits while the buyer looks at the reply, which can carry the goods at once. Discord opens 10 direct
/// channels in 10 s, so that a crowd of new customers would wait minutes; and it takes 5 messages in 5 s in each.
const SOON: Duration = Duration::from_millis(500);
/// Messages looked through.
const LOOK_BACK: u8 = 100;

/// The goods of one order on their way.
pub struct Parcel<'a> {
    /// The bot that brings them.
    pub bot: &'a Bot,
    /// The job.
    pub job: &'a OutboxJob,
    /// The order.
    pub order: &'a Order,
    /// Its buyer.
    pub payload: &'a SalePayload,
    file: File,
    channel: Option<u64>,
    opened: Option<u64>,
}

/// Where the goods are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// How they came there.
    pub via: DeliveredVia,
    /// The message that carries them.
    pub message: u64,
}

impl<'a> Parcel<'a> {
    /// Packs the goods. `channel`: the direct channel, if it was opened before.
    pub fn new(
        bot: &'a Bot,
        job: &'a OutboxJob,
        order: &'a Order,
        payload: &'a SalePayload,
        units: &[String],
        channel: Option<u64>,
    ) -> Self {
        let file = goods_file(payload.locale, &currency(bot), order, units);
        Self { bot, job, order, payload, file, channel, opened: None }
    }

    /// A direct channel that was opened on the way.
    pub fn opened(&self) -> Option<u64> {
        self.opened
    }

    /// Sends the goods.
    pub async fn send(&mut self) -> Result<Arrival, Undelivered> {
        let soon = match self.send_soon().await {
            Err(undelivered) if undelivered.is_held_up() => match self.attach_to_reply().await {
                // The reply is over: nobody looks at it, and Discord is waited for.
                Err(Undelivered { error: JobError::Impossible(_), .. }) => {
                    self.send_direct(&self.bot.rest).await
                }
                result => return result,
            },
            result => result,
        };
        let undelivered = match soon {
            Err(undelivered) if undelivered.is_user_unreachable() => undelivered,
            result => return result,
        };
        if undelivered.sent == stockbot_store::Sent::Perhaps
            && let Some(arrival) = self.find().await?
        {
            return Ok(arrival);
        }
        self.attach_to_reply().await
    }

    /// Sends the goods, unless an earlier try has brought them.
    pub async fn look_and_send(&mut self) -> Result<Arrival, Undelivered> {
        match self.find().await? {
            Some(arrival) => Ok(arrival),
            None => self.send().await,
        }
    }

    /// By direct message, unless that cannot begin before the buyer notices.
    async fn send_soon(&mut self) -> Result<Arrival, Undelivered> {
        let rest = self.bot.rest.within(SOON);
        // Opening may be given up in the middle; nothing is sent with it.
        match timeout(SOON, self.channel(&rest)).await {
            Err(_) => Err(Undelivered::before_sending(JobError::HeldUp)),
            Ok(Err(error)) if error.is_passing() => Err(Undelivered::before_sending(JobError::HeldUp)),
            Ok(_) => self.send_direct(&rest).await,
        }
    }

    async fn send_direct(&mut self, rest: &Rest) -> Result<Arrival, Undelivered> {
        let kept = self.channel.is_some();
        let channel = self.channel(rest).await.map_err(Undelivered::before_sending)?;
        let message = match self.post(rest, channel).await {
            Err(error) if kept && error.code() == Some(code::UNKNOWN_CHANNEL) => {
                let channel = self.open_anew(rest).await.map_err(Undelivered::before_sending)?;
                self.post(rest, channel).await
            }
            result => result,
        };
        let message = message.map_err(Undelivered::by)?.number();
        Ok(Arrival { via: DeliveredVia::DirectMessage, message })
    }

    async fn channel(&mut self, rest: &Rest) -> Result<u64, RestError> {
        if let Some(channel) = self.channel {
            return Ok(channel);
        }
        let channel = rest.direct_channel(self.payload.user_id).await?;
        (self.channel, self.opened) = (Some(channel), Some(channel));
        Ok(channel)
    }

    /// Discord does not know the channel that was kept.
    async fn open_anew(&mut self, rest: &Rest) -> Result<u64, JobError> {
        forget_direct_channel(&self.bot.store, self.job.application_id, self.payload.user_id).await?;
        self.channel = None;
        Ok(self.channel(rest).await?)
    }

    async fn post(&self, rest: &Rest, channel: u64) -> Result<Message, RestError> {
        let arguments = [
            ("order", self.order.id.clone().into()),
            ("quantity", self.order.quantity.to_string().into()),
            ("name", escape(&self.order.product_name).into()),
        ];
        let body = plain(&text(self.payload.locale, "dm-delivery", &arguments));
        rest.create_message(channel, body, &self.job.nonce, vec![self.file.clone()]).await
    }

    /// Looks for goods that an earlier try may have brought: in the reply, which no limit guards, then in the direct channel.
    async fn find(&mut self) -> Result<Option<Arrival>, Undelivered> {
        tracing::info!(order = self.order.id, "looking for a delivery whose outcome is unknown");
        match self.bot.rest.response(self.job.application_id, &self.payload.token).await {
            Ok(reply) if self.is_in(&reply) => {
                return Ok(Some(Arrival { via: DeliveredVia::Reply, message: reply.number() }));
            }
            Ok(_) => {}
            // There is no reply to look into.
            Err(error) if error.code().is_some_and(|code| code != 0) && !error.is_passing() => {}
            Err(error) => return Err(Undelivered::in_doubt(error)),
        }
        let (own, rest) = (self.bot.user.to_string(), &self.bot.rest);
        let recent = match self.channel(rest).await {
            Ok(channel) => rest.recent_messages(channel, LOOK_BACK).await,
            Err(error) => Err(error),
        };
        match recent {
            Ok(recent) => {
                let found = recent.iter().find(|message| message.author.id == own && self.is_in(message));
                Ok(found
                    .map(|message| Arrival { via: DeliveredVia::DirectMessage, message: message.number() }))
            }
            // There is no channel to look into.
            Err(error) if error.is_user_unreachable() => Ok(None),
            Err(error) => Err(Undelivered::in_doubt(error)),
        }
    }

    fn is_in(&self, message: &Message) -> bool {
        message.attachments.iter().any(|file| file.filename == self.file.name)
    }

    /// The receipt with the goods attached, which only the buyer sees. Editing one message twice shows the goods once, so a
    /// repeat does no harm.
    async fn attach_to_reply(&self) -> Result<Arrival, Undelivered> {
        let Self { bot, job, order, payload, .. } = self;
        let card = receipt_card(payload.locale, &currency(bot), order, payload.balance, Via::Reply);
        let card = card.file(self.file.clone());
        let mut body = card.ephemeral();
        // Replaces whatever an earlier try has attached.
        body["attachments"] = serde_json::json!([{"id": 0, "filename": self.file.name}]);
        match bot.rest.edit_response(job.application_id, &payload.token, body, card.files).await {
            Ok(message) => Ok(Arrival { via: DeliveredVia::Reply, message }),
            Err(error) if error.is_interaction_over() => Err(Undelivered::before_sending(
                JobError::Impossible(
                    "direct messages are closed and the reply is over; the buyer can fetch the goods with /orders"
                        .into(),
                ),
            )),
            Err(error) => Err(Undelivered::by(error)),
        }
    }
}

fn currency(bot: &Bot) -> Currency {
    bot.config().shop.currency.clone()
}

/// The direct channel of a job's buyer, if it was opened before.
pub async fn kept_channel(
    bot: &Bot,
    job: &OutboxJob,
    payload: &SalePayload,
) -> Result<Option<u64>, JobError> {
    Ok(direct_channel(&bot.store, job.application_id, payload.user_id).await?)
}
