//! The balance card: parts per denomination, total, the last movements.

use stockbot_store::Page;

use super::{error::ReplyError, history::line, reply::Reply};
use crate::{
    cards::{Card, Mood},
    texts::{escape, number},
};

/// Movements on the card.
pub const RECENT: Page = Page { before: None, limit: 3 };

/// Shows the balance.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply.defer().await?;
    let customer = reply.customer().await?;
    let recent = reply.movements(&customer, RECENT).await?;
    let lines: Vec<String> = recent.iter().map(|movement| line(reply, movement)).collect();
    let recent = if lines.is_empty() { reply.text("balance-none", &[]) } else { lines.join("\n") };
    let config = reply.bot.config();
    let smallest = &config.shop.currency.denominations[0].code;
    let total = format!("{} {smallest}", customer.balance);
    let card = Card::new(
        Mood::Plain,
        format!(
            "**{}**\n{}",
            reply.money(customer.balance),
            reply.text("balance-total", &[("total", total.into())])
        ),
    )
    .title(reply.text("balance-title", &[("growId", escape(&customer.grow_id).into())]))
    .wide_field(reply.text("balance-recent", &[]), recent);
    reply.show(card).await
}

/// What is missing for a total, as a refusal.
pub fn too_low(reply: &Reply, balance: i64, total: i64) -> ReplyError {
    let missing = reply.money(total.saturating_sub(balance));
    reply.refusal(
        "refuse-balance",
        &[
            ("missing", missing.into()),
            ("total", reply.money(total).into()),
            ("balance", reply.money(balance).into()),
        ],
    )
}

/// Not enough stock, as a refusal that says what is left.
pub fn too_few(reply: &Reply, left: i64, asked: i64) -> ReplyError {
    reply.refusal("refuse-stock", &[("left", number(left)), ("asked", number(asked))])
}
