//! The final reply of a purchase: what was bought, what is left, where the goods are.

use stockbot_config::{ButtonAction, Currency, Locale};
use stockbot_store::{Order, money};

use super::{
    card::{Card, Mood},
    next_steps,
};
use crate::{
    custom_id::CustomId,
    texts::{self, escape, number, text},
};

/// How an order reached its buyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Via {
    /// By direct message.
    DirectMessage,
    /// Attached to the reply.
    Reply,
    /// Not yet: to be fetched with `/orders`.
    Orders,
}

/// The final reply.
#[must_use]
pub fn receipt_card(locale: Locale, currency: &Currency, order: &Order, balance: i64, via: Via) -> Card {
    let say = |key: &str, args: texts::Args<'_>| text(locale, key, args);
    let shown = |amount| money::format_exact(amount, currency);
    let goods = match via {
        Via::DirectMessage => say("receipt-dm", &[]),
        Via::Reply => say("receipt-attached", &[]),
        Via::Orders => say("receipt-later", &[("order", order.id.clone().into())]),
    };
    let lines = [
        say(
            "receipt-product",
            &[("quantity", number(order.quantity)), ("name", escape(&order.product_name).into())],
        ),
        say("receipt-total", &[("total", shown(order.total).into())]),
        say("receipt-balance", &[("balance", shown(balance).into())]),
        String::new(),
        goods,
    ];
    let steps = [CustomId::Do(ButtonAction::Orders), CustomId::BuyMore(order.product_code.clone())];
    Card::new(Mood::Good, lines.join("\n"))
        .title(say("receipt-title", &[("order", order.id.clone().into())]))
        .row(next_steps(locale, &steps))
}
