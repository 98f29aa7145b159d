//! The confirmation and the purchase. The purchase itself is one transaction of the store; its goods, receipt and posts are
//! the outbox's.

use std::time::Duration;

use jiff::Timestamp;
use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};
use stockbot_config::ButtonAction;
use stockbot_store::{
    Deliverer, Product, PurchaseEffects, PurchaseOutcome, PurchaseRequest, Refusal, StoreError,
    delivery::receipt_again, orders::order_by_interaction, products::product, purchase::purchase,
};

use super::{
    balance::{too_few, too_low},
    error::ReplyError,
    maintenance,
    reply::Reply,
};
use crate::{
    cards::{Card, Mood, next_steps},
    custom_id::{Confirmation, CustomId, Entrance, Shelf},
    texts::{escape, number},
};

/// This pod has so long to bring goods and receipt before another pod may; as long as the lease of any other job.
const LEASE: Duration = Duration::from_secs(45);
/// A confirmation is void after this (ui.md).
const VALID: Duration = Duration::from_mins(5);

/// What will be bought, for how much, and what is left then.
pub fn card(reply: &Reply, product: &Product, quantity: i64, balance: i64, entrance: Entrance) -> Card {
    let total = product.price.saturating_mul(quantity);
    let valid_until = Timestamp::now().as_second() + i64::try_from(VALID.as_secs()).unwrap_or(0);
    let confirmation = Confirmation {
        code: product.code.clone(),
        quantity,
        unit_price: product.price,
        origin: reply.id,
        valid_until,
        entrance,
        discount: None,
    };
    let buttons = vec![
        CreateButton::new(CustomId::Confirm(confirmation).to_string())
            .label(reply.text("button-confirm", &[]))
            .style(ButtonStyle::Success),
        CreateButton::new(CustomId::Cancel.to_string())
            .label(reply.text("button-cancel", &[]))
            .style(ButtonStyle::Secondary),
    ];
    let valid = reply.text("confirm-valid", &[("when", format!("<t:{valid_until}:T>").into())]);
    Card::new(Mood::Plain, valid)
        .title(reply.text("confirm-title", &[]))
        .field(reply.text("confirm-product", &[]), format!("{} (`{}`)", escape(&product.name), product.code))
        .field(reply.text("confirm-quantity", &[]), quantity.to_string())
        .field(reply.text("confirm-unit", &[]), reply.money(product.price))
        .field(reply.text("confirm-total", &[]), format!("**{}**", reply.money(total)))
        .field(reply.text("confirm-balance", &[]), reply.money(balance))
        .field(reply.text("confirm-after", &[]), reply.money(balance - total))
        .field(reply.text("confirm-stock", &[]), product.available.to_string())
        .row(CreateActionRow::Buttons(buttons))
}

/// Cancel.
pub async fn cancelled(reply: &Reply) -> Result<(), ReplyError> {
    let card = Card::new(Mood::Plain, reply.text("confirm-cancelled", &[]));
    reply.replace(&card.row(next_steps(reply.locale, &[CustomId::Do(ButtonAction::Buy)]))).await
}

/// Buy: the buttons go away at once, then the purchase.
pub async fn confirmed(reply: &Reply, confirmation: &Confirmation) -> Result<(), ReplyError> {
    if is_expired(confirmation) {
        return reply.replace(&expired_card(reply, confirmation)).await;
    }
    reply.replace(&Card::new(Mood::Plain, reply.text("confirm-loading", &[]))).await?;
    finish(reply, confirmation).await
}

fn is_expired(confirmation: &Confirmation) -> bool {
    confirmation.valid_until < Timestamp::now().as_second()
}

/// Says that the confirmation is void and nothing was bought.
pub fn expired_card(reply: &Reply, confirmation: &Confirmation) -> Card {
    let card = Card::new(Mood::Attention, reply.text("confirm-expired", &[]));
    card.row(next_steps(reply.locale, &[again(confirmation)]))
}

/// The way back to how many of the same.
fn again(confirmation: &Confirmation) -> CustomId {
    CustomId::BuyAgain(confirmation.code.clone(), confirmation.entrance)
}

/// An acknowledged confirmation that has expired meanwhile is not begun any more, only finished if it did buy.
pub async fn is_too_old_to_begin(reply: &Reply, confirmation: &Confirmation) -> Result<bool, ReplyError> {
    Ok(is_expired(confirmation)
        && order_by_interaction(&reply.bot.store, reply.bot.shop, reply.id).await?.is_none())
}

/// Carries an acknowledged confirmation out; any pod may, any number of times.
pub async fn finish(reply: &Reply, confirmation: &Confirmation) -> Result<(), ReplyError> {
    reply.begin_change();
    let outcome = purchase(&reply.bot.store, reply.bot.shop, &request(reply, confirmation)).await;
    let label = match &outcome {
        Ok(PurchaseOutcome::Bought(_)) => "bought",
        Ok(PurchaseOutcome::Repeated(_)) => "repeated",
        Ok(PurchaseOutcome::Refused(_)) => "refused",
        Err(_) => "failed",
    };
    reply.bot.metrics.purchases.with_label_values(&[label]).inc();
    match outcome {
        Ok(PurchaseOutcome::Bought(receipt)) => {
            reply.bot.wakeups.display.notify_one();
            // The outbox gives the receipt: it knows how the goods were delivered.
            reply.sold(receipt);
            Ok(())
        }
        Ok(PurchaseOutcome::Repeated(_)) => {
            reply.bot.wakeups.outbox.notify_one();
            Ok(())
        }
        Ok(PurchaseOutcome::Refused(refusal)) => refused(reply, confirmation, refusal).await,
        Err(error) if error.is_unavailable() || matches!(error, StoreError::CommitUnknown(_)) => {
            // Saying "nothing was bought" could turn out wrong: the recovery asks again with the same id and answers then.
            tracing::warn!(%error, interaction = reply.id, "the outcome of a purchase is not known yet");
            reply.bot.state.failed(&error);
            reply.leave_open();
            reply.show(Card::new(Mood::Attention, reply.text("confirm-pending", &[]))).await
        }
        Err(error) => Err(error.into()),
    }
}

fn request(reply: &Reply, confirmation: &Confirmation) -> PurchaseRequest {
    let config = reply.bot.config();
    let id = |id: stockbot_config::MaybeId| id.0.map(stockbot_config::Snowflake::get);
    PurchaseRequest {
        interaction_id: reply.id,
        confirmation_id: confirmation.origin,
        user_id: reply.user,
        code: confirmation.code.clone(),
        quantity: confirmation.quantity,
        unit_price: confirmation.unit_price,
        max_quantity: i64::from(config.shop.max_quantity),
        bot: reply.bot.key(),
        application_id: reply.bot.application,
        token: reply.token().to_owned(),
        locale: reply.locale,
        effects: PurchaseEffects {
            history_channel: id(config.shop.channels.history),
            log_channel: id(config.shop.channels.log),
            // A role that is there is not given again.
            role: id(config.shop.buyer_role_id)
                .filter(|role| !reply.roles.contains(role))
                .map(|role| (config.guild_id.get(), role)),
        },
        maintenance_forced: maintenance::configured(reply, confirmation.entrance),
        deliverer: Some(Deliverer { owner: reply.bot.pod.clone(), lease: LEASE }),
    }
}

/// Says why not. A changed price is offered anew; a second click must not overwrite what the first one is about to show.
async fn refused(reply: &Reply, confirmation: &Confirmation, refusal: Refusal) -> Result<(), ReplyError> {
    let code = [("code", escape(&confirmation.code).into())];
    let entrance = confirmation.entrance;
    let others = CustomId::BuyPage(Shelf { entrance, ..Shelf::default() });
    Err(match refusal {
        Refusal::NotRegistered => reply.not_registered(),
        Refusal::Blacklisted => reply.refusal("refuse-blacklisted", &[]),
        Refusal::Maintenance { reason } => maintenance::refusal(reply, &reason),
        Refusal::UnknownProduct => reply.refusal("refuse-unknown-product", &code).or(others),
        Refusal::Inactive => reply.refusal("refuse-inactive", &code).or(others),
        Refusal::BadQuantity { max } => reply
            .refusal("refuse-quantity", &[("max", number(max)), ("given", number(confirmation.quantity))])
            .or(again(confirmation)),
        Refusal::OutOfStock { left, asked } => {
            too_few(reply, left, asked).or(if left > 0 { again(confirmation) } else { others })
        }
        Refusal::BalanceTooLow { balance, total } => too_low(reply, balance, total).or(again(confirmation)),
        Refusal::PriceChanged { now } => return price_changed(reply, confirmation, now).await,
        Refusal::AlreadyConfirmed { order_id } => {
            // The loading state of this click may have come after the receipt of the other one.
            receipt_again(&reply.bot.store, reply.bot.shop, &order_id).await?;
            reply.bot.wakeups.outbox.notify_one();
            let order = format!(" ({order_id})");
            return reply
                .also(Card::new(Mood::Attention, reply.text("refuse-double", &[("order", order.into())])))
                .await;
        }
    })
}

async fn price_changed(reply: &Reply, confirmation: &Confirmation, now: i64) -> Result<(), ReplyError> {
    let notice = reply.text(
        "refuse-price",
        &[("code", escape(&confirmation.code).into()), ("price", reply.money(now).into())],
    );
    let Some(product) = product(&reply.bot.store, reply.bot.shop, &confirmation.code).await? else {
        return Err(ReplyError::Refused { text: notice, next: vec![CustomId::Do(ButtonAction::Buy)] });
    };
    let customer = reply.customer().await?;
    let again = card(reply, &product, confirmation.quantity, customer.balance, confirmation.entrance);
    reply.show(again.wide_field("\u{26a0}", notice)).await
}
