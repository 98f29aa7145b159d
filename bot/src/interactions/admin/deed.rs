//! What administrators are asked about before it is done: the question names the numbers, and only who asked may say yes, once.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};
use stockbot_store::{
    Consent, Severity,
    confirmations::{ask, consent},
    logs::audit_log,
};

use super::{balance, catalogue, refund, require_admin, stock_changes};
use crate::{
    cards::{Card, Mood},
    custom_id::CustomId,
    interactions::{error::ReplyError, reply::Reply, request::Request},
};

/// How long "yes" counts (ui.md).
const VALID: Duration = Duration::from_mins(5);

/// Something that cannot be undone, with the numbers that were named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Remove a product with the units left.
    RemoveProduct { code: String, units: i64 },
    /// Take the newest units out.
    ReduceStock { code: String, quantity: i64 },
    /// Take back what is left of an addition.
    UndoStock { code: String, at: Timestamp, left: i64 },
    /// Set a balance to 0.
    ResetBalance { customer: i64, grow_id: String, balance: i64 },
    /// Give the money of an order back.
    Refund { order: String },
}

impl Deed {
    /// For the log.
    fn words(&self) -> String {
        match self {
            Self::RemoveProduct { code, units } => format!("/product remove {code} ({units} units)"),
            Self::ReduceStock { code, quantity } => format!("/stock reduce {code} {quantity}"),
            Self::UndoStock { code, left, .. } => format!("/stock undo {code} ({left} units)"),
            Self::ResetBalance { grow_id, balance, .. } => {
                format!("/balance-admin reset {grow_id} ({balance})")
            }
            Self::Refund { order } => format!("/refund order {order}"),
        }
    }
}

/// Asks: `question` names the numbers, the text `yes` is on the button.
pub async fn question(reply: &Reply, deed: &Deed, question: String, yes: &str) -> Result<(), ReplyError> {
    let stored = serde_json::to_value(deed).unwrap_or_default();
    ask(&reply.bot.store, reply.bot.shop, reply.id, reply.user, &stored, VALID).await?;
    let buttons = vec![
        CreateButton::new(CustomId::Sure(reply.id).to_string())
            .label(reply.text(yes, &[]))
            .style(ButtonStyle::Danger),
        CreateButton::new(CustomId::NotSure.to_string())
            .label(reply.text("button-cancel", &[]))
            .style(ButtonStyle::Secondary),
    ];
    let until = Timestamp::now().as_second() + VALID.as_secs().cast_signed();
    let valid = reply.text("confirm-valid", &[("when", format!("<t:{until}:R>").into())]);
    let card = Card::new(Mood::Attention, format!("{question}\n{valid}"))
        .title(reply.text("admin-sure-title", &[]))
        .row(CreateActionRow::Buttons(buttons));
    reply.show(card).await
}

/// Yes was pressed.
pub async fn confirmed(reply: &Reply, request: &Request, question: u64) -> Result<(), ReplyError> {
    require_admin(reply, request)?;
    let deed = match consent(&reply.bot.store, reply.bot.shop, question, reply.user).await? {
        Consent::Given(deed) => deed,
        Consent::GivenBefore => return Err(reply.refusal("admin-sure-before", &[])),
        Consent::Expired => return Err(reply.refusal("admin-sure-expired", &[])),
        Consent::OfAnother => {
            let details = serde_json::json!({ "question": question.to_string() });
            let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
            let action = "security.confirmation_of_another";
            audit_log(store, shop, Severity::Warning, action, &actor, "confirmation", &details).await?;
            return Err(reply.refusal("admin-sure-other", &[]));
        }
    };
    // Written by another release: asked again, it is one of this.
    let Ok(deed) = serde_json::from_value::<Deed>(deed) else {
        return Err(reply.refusal("admin-sure-expired", &[]));
    };
    reply.note(deed.words());
    reply.defer_update().await?;
    reply.begin_change();
    match &deed {
        Deed::RemoveProduct { code, units } => catalogue::removal_confirmed(reply, code, *units).await,
        Deed::ReduceStock { code, quantity } => {
            stock_changes::reduction_confirmed(reply, code, *quantity).await
        }
        Deed::UndoStock { code, at, left } => stock_changes::undo_confirmed(reply, code, *at, *left).await,
        Deed::ResetBalance { customer, grow_id, balance } => {
            balance::reset_confirmed(reply, *customer, grow_id, *balance, question).await
        }
        Deed::Refund { order } => refund::confirmed(reply, order, question).await,
    }
}

/// No was pressed.
pub async fn cancelled(reply: &Reply) -> Result<(), ReplyError> {
    reply.replace(&Card::new(Mood::Plain, reply.text("admin-sure-cancelled", &[]))).await
}
