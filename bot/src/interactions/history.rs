//! A customer's movements, newest first, ten a page.

use serenity::builder::{CreateActionRow, CreateButton};
use stockbot_store::{Movement, Page, TransferKind};

use super::{error::ReplyError, reply::Reply};
use crate::{
    cards::{Card, Mood},
    custom_id::CustomId,
    texts::escape,
};

/// Movements a page.
const PAGE: usize = 10;

/// Those before a ledger entry, or the newest; one more than shown tells whether there is a next page.
pub fn page(before: Option<i64>) -> Page {
    Page { before, limit: i64::try_from(PAGE + 1).unwrap_or(i64::MAX) }
}

/// Shows the movements before the ledger entry `before`, or the newest.
pub async fn show(reply: &Reply, before: Option<i64>) -> Result<(), ReplyError> {
    if before.is_some() {
        reply.defer_update().await?;
    } else {
        reply.defer().await?;
    }
    let customer = reply.customer().await?;
    let movements = reply.movements(&customer, page(before)).await?;
    let lines: Vec<String> = movements.iter().take(PAGE).map(|movement| line(reply, movement)).collect();
    let text = if lines.is_empty() { reply.text("history-empty", &[]) } else { lines.join("\n") };
    let title = reply.text("history-title", &[("growId", escape(&customer.grow_id).into())]);
    let mut card = Card::new(Mood::Plain, text).title(title);
    if movements.len() > PAGE {
        let next = CustomId::HistoryBefore(movements[PAGE - 1].entry_id).to_string();
        let button = CreateButton::new(next)
            .label(reply.text("button-more", &[]))
            .style(serenity::all::ButtonStyle::Secondary);
        card = card.row(CreateActionRow::Buttons(vec![button]));
    }
    reply.show(card).await
}

/// One movement: sign and amount, kind, balance after, time, order.
pub fn line(reply: &Reply, movement: &Movement) -> String {
    let kind = reply.text(kind_key(movement.kind), &[]);
    let sign = if movement.amount < 0 { "−" } else { "+" };
    let amount = reply.money(movement.amount.saturating_abs());
    let order = movement.order_id.as_ref().map(|order| format!(" · `{order}`")).unwrap_or_default();
    format!(
        "{sign}{amount} · {kind}{order} · = {} · <t:{}:R>",
        reply.money(movement.balance_after),
        movement.at.as_second()
    )
}

fn kind_key(kind: TransferKind) -> &'static str {
    match kind {
        TransferKind::Purchase => "movement-purchase",
        TransferKind::Deposit => "movement-deposit",
        TransferKind::Refund => "movement-refund",
        TransferKind::AdminAdd => "movement-admin-add",
        TransferKind::AdminRemove => "movement-admin-remove",
        TransferKind::AdminReset => "movement-admin-reset",
    }
}
