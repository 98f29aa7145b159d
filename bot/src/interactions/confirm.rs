//! The confirmation and the purchase. The purchase itself is one transaction of the store; its goods, receipt and posts are
//! the outbox's.

use std::time::Duration;

use jiff::Timestamp;
use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};
use stockbot_store::{
    Product, PurchaseEffects, PurchaseOutcome, PurchaseRequest, Refusal, StoreError,
    orders::order_by_interaction, products::product, purchase::purchase,
};

use super::{
    balance::{too_few, too_low},
    card::{Card, Mood},
    exchange::{Exchange, REFUSE_NOT_REGISTERED, number},
    failure::Failure,
    maintenance,
};
use crate::{
    custom_id::{Confirmation, CustomId},
    texts::escape,
};

/// A confirmation is void after this (ui.md).
const VALID: Duration = Duration::from_mins(5);

/// What will be bought, for how much, and what is left then.
pub fn card(x: &Exchange, product: &Product, quantity: i64, balance: i64) -> Card {
    let total = product.price.saturating_mul(quantity);
    let valid_until = Timestamp::now().as_second() + i64::try_from(VALID.as_secs()).unwrap_or(0);
    let confirmation = Confirmation {
        code: product.code.clone(),
        quantity,
        unit_price: product.price,
        origin: x.id,
        valid_until,
    };
    let buttons = vec![
        CreateButton::new(CustomId::Confirm(confirmation).to_string())
            .label(x.text("button-confirm", &[]))
            .style(ButtonStyle::Success),
        CreateButton::new(CustomId::Cancel.to_string())
            .label(x.text("button-cancel", &[]))
            .style(ButtonStyle::Secondary),
    ];
    let valid = x.text("confirm-valid", &[("when", format!("<t:{valid_until}:T>").into())]);
    Card::new(Mood::Plain, valid)
        .title(x.text("confirm-title", &[]))
        .field(x.text("confirm-product", &[]), format!("{} (`{}`)", escape(&product.name), product.code))
        .field(x.text("confirm-quantity", &[]), quantity.to_string())
        .field(x.text("confirm-unit", &[]), x.money(product.price))
        .field(x.text("confirm-total", &[]), format!("**{}**", x.money(total)))
        .field(x.text("confirm-balance", &[]), x.money(balance))
        .field(x.text("confirm-after", &[]), x.money(balance - total))
        .field(x.text("confirm-stock", &[]), product.available.to_string())
        .row(CreateActionRow::Buttons(buttons))
}

/// Cancel.
pub async fn cancelled(x: &Exchange) -> Result<(), Failure> {
    x.replace(&Card::new(Mood::Plain, x.text("confirm-cancelled", &[]))).await
}

/// Buy: the buttons go away at once, then the purchase.
pub async fn confirmed(x: &Exchange, confirmation: &Confirmation) -> Result<(), Failure> {
    if is_expired(confirmation) {
        return x.replace(&expired_card(x)).await;
    }
    x.replace(&Card::new(Mood::Plain, x.text("confirm-loading", &[]))).await?;
    finish(x, confirmation).await
}

fn is_expired(confirmation: &Confirmation) -> bool {
    confirmation.valid_until < Timestamp::now().as_second()
}

/// Says that the confirmation is void and nothing was bought.
pub fn expired_card(x: &Exchange) -> Card {
    Card::new(Mood::Attention, x.text("confirm-expired", &[]))
}

/// An acknowledged confirmation that has expired meanwhile is not begun any more, only finished if it did buy.
pub async fn is_too_old_to_begin(x: &Exchange, confirmation: &Confirmation) -> Result<bool, Failure> {
    Ok(is_expired(confirmation) && order_by_interaction(&x.bot.store, x.bot.shop, x.id).await?.is_none())
}

/// Carries an acknowledged confirmation out; any pod may, any number of times.
pub async fn finish(x: &Exchange, confirmation: &Confirmation) -> Result<(), Failure> {
    let outcome = purchase(&x.bot.store, x.bot.shop, &request(x, confirmation)).await;
    let label = match &outcome {
        Ok(PurchaseOutcome::Bought(_)) => "bought",
        Ok(PurchaseOutcome::Repeated(_)) => "repeated",
        Ok(PurchaseOutcome::Refused(_)) => "refused",
        Err(_) => "failed",
    };
    x.bot.metrics.purchases.with_label_values(&[label]).inc();
    match outcome {
        Ok(PurchaseOutcome::Bought(_) | PurchaseOutcome::Repeated(_)) => {
            // The receipt is a job of the outbox: it knows how the goods were delivered.
            x.bot.wakeups.outbox.notify_one();
            x.bot.wakeups.display.notify_one();
            Ok(())
        }
        Ok(PurchaseOutcome::Refused(refusal)) => refused(x, confirmation, refusal).await,
        Err(error) if error.is_unavailable() || matches!(error, StoreError::CommitUnknown(_)) => {
            // Saying "nothing was bought" could turn out wrong: the recovery asks again with the same id and answers then.
            tracing::warn!(%error, interaction = x.id, "the outcome of a purchase is not known yet");
            x.bot.state.failed(&error);
            x.leave_open();
            x.show(Card::new(Mood::Attention, x.text("confirm-pending", &[]))).await
        }
        Err(error) => Err(error.into()),
    }
}

fn request(x: &Exchange, confirmation: &Confirmation) -> PurchaseRequest {
    let config = x.bot.config();
    let id = |id: stockbot_config::MaybeId| id.0.map(stockbot_config::Snowflake::get);
    PurchaseRequest {
        interaction_id: x.id,
        confirmation_id: confirmation.origin,
        user_id: x.user,
        code: confirmation.code.clone(),
        quantity: confirmation.quantity,
        unit_price: confirmation.unit_price,
        max_quantity: i64::from(config.shop.max_quantity),
        bot: x.bot.key(),
        application_id: x.bot.application,
        token: x.token().to_owned(),
        locale: x.locale,
        effects: PurchaseEffects {
            history_channel: id(config.shop.channels.history),
            log_channel: id(config.shop.channels.log),
            role: id(config.shop.buyer_role_id).map(|role| (config.guild_id.get(), role)),
        },
        maintenance_forced: config.shop.maintenance.enabled.then(|| config.shop.maintenance.reason.clone()),
    }
}

/// Says why not. A changed price is offered anew; a second click must not overwrite what the first one is about to show.
async fn refused(x: &Exchange, confirmation: &Confirmation, refusal: Refusal) -> Result<(), Failure> {
    let code = [("code", escape(&confirmation.code).into())];
    Err(match refusal {
        Refusal::NotRegistered => x.refusal(REFUSE_NOT_REGISTERED, &[]),
        Refusal::Blacklisted => x.refusal("refuse-blacklisted", &[]),
        Refusal::Maintenance { reason } => maintenance::refusal(x, &reason),
        Refusal::UnknownProduct => x.refusal("refuse-unknown-product", &code),
        Refusal::Inactive => x.refusal("refuse-inactive", &code),
        Refusal::BadQuantity { max } => {
            x.refusal("refuse-quantity", &[("max", number(max)), ("given", number(confirmation.quantity))])
        }
        Refusal::OutOfStock { left, asked } => too_few(x, left, asked),
        Refusal::BalanceTooLow { balance, total } => too_low(x, balance, total),
        Refusal::PriceChanged { now } => return price_changed(x, confirmation, now).await,
        Refusal::AlreadyConfirmed { order_id } => {
            let order = format!(" ({order_id})");
            return x
                .also(Card::new(Mood::Attention, x.text("refuse-double", &[("order", order.into())])))
                .await;
        }
    })
}

async fn price_changed(x: &Exchange, confirmation: &Confirmation, now: i64) -> Result<(), Failure> {
    let notice = x
        .text("refuse-price", &[("code", escape(&confirmation.code).into()), ("price", x.money(now).into())]);
    let Some(product) = product(&x.bot.store, x.bot.shop, &confirmation.code).await? else {
        return Err(Failure::Refused(notice));
    };
    let customer = x.customer().await?;
    let again = card(x, &product, confirmation.quantity, customer.balance).wide_field("\u{26a0}", notice);
    x.show(again).await
}
