//! The balance card: parts per denomination, total, the last movements.

use stockbot_store::ledger::history;

use super::{
    card::{Card, Mood},
    exchange::{Exchange, number},
    failure::Failure,
    history::line,
};
use crate::texts::escape;

/// Movements on the card.
const RECENT: i64 = 3;

/// Shows the balance.
pub async fn show(x: &Exchange) -> Result<(), Failure> {
    x.defer().await?;
    let customer = x.customer().await?;
    let recent = history(&x.bot.store, x.bot.shop, customer.id, None, RECENT).await?;
    let lines: Vec<String> = recent.iter().map(|movement| line(x, movement)).collect();
    let recent = if lines.is_empty() { x.text("balance-none", &[]) } else { lines.join("\n") };
    let config = x.bot.config();
    let smallest = &config.shop.currency.denominations[0].code;
    let total = format!("{} {smallest}", customer.balance);
    let card = Card::new(
        Mood::Plain,
        format!("**{}**\n{}", x.money(customer.balance), x.text("balance-total", &[("total", total.into())])),
    )
    .title(x.text("balance-title", &[("growId", escape(&customer.grow_id).into())]))
    .wide_field(x.text("balance-recent", &[]), recent);
    x.show(card).await
}

/// What is missing for a total, as a refusal.
pub fn too_low(x: &Exchange, balance: i64, total: i64) -> Failure {
    let missing = x.money(total.saturating_sub(balance));
    x.refusal(
        "refuse-balance",
        &[
            ("missing", missing.into()),
            ("total", x.money(total).into()),
            ("balance", x.money(balance).into()),
        ],
    )
}

/// Not enough stock, as a refusal that says what is left.
pub fn too_few(x: &Exchange, left: i64, asked: i64) -> Failure {
    x.refusal("refuse-stock", &[("left", number(left)), ("asked", number(asked))])
}
