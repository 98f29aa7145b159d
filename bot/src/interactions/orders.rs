//! A customer's own orders, and their goods again.

use serenity::builder::{CreateActionRow, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption};
use stockbot_store::orders::{fetch_goods, orders_of};

use super::{
    card::{Card, Mood, clip},
    exchange::{Exchange, number},
    failure::Failure,
    options::Options,
    visitor::{Kind, Request},
};
use crate::{custom_id::CustomId, outbox::goods_file, texts::escape};

/// Orders on the card; each line is short enough for all to fit.
const SHOWN: i64 = 15;

/// `/orders [id]`
pub async fn command(x: &Exchange, options: &Options<'_>) -> Result<(), Failure> {
    match options.text("id") {
        "" => show(x).await,
        id => {
            x.defer().await?;
            fetch(x, id).await
        }
    }
}

/// The newest orders, with a menu to fetch one again.
pub async fn show(x: &Exchange) -> Result<(), Failure> {
    x.defer().await?;
    let customer = x.customer().await?;
    let orders = orders_of(&x.bot.store, x.bot.shop, customer.id, None, SHOWN).await?;
    if orders.is_empty() {
        return x
            .show(Card::new(Mood::Plain, x.text("orders-empty", &[])).title(x.text("orders-title", &[])))
            .await;
    }
    let line = |order: &stockbot_store::Order| {
        let when = format!("<t:{}:R>", order.created_at.as_second());
        let arguments = [
            ("order", order.id.clone().into()),
            ("quantity", number(order.quantity)),
            ("name", escape(&order.product_name).into()),
            ("total", x.money(order.total).into()),
            ("when", when.into()),
        ];
        x.text("orders-line", &arguments)
    };
    let text = orders.iter().map(line).collect::<Vec<_>>().join("\n");
    let option = |order: &stockbot_store::Order| {
        CreateSelectMenuOption::new(order.id.clone(), order.id.clone())
            .description(clip(&format!("{} x {}", order.quantity, order.product_name), 100))
    };
    let menu = CreateSelectMenuKind::String { options: orders.iter().map(option).collect() };
    let menu = CreateSelectMenu::new(CustomId::OrderPick.to_string(), menu)
        .placeholder(x.text("orders-choose", &[]));
    let card = Card::new(Mood::Plain, text)
        .title(x.text("orders-title", &[]))
        .row(CreateActionRow::SelectMenu(menu));
    x.show(card).await
}

/// An order was chosen.
pub async fn picked(x: &Exchange, request: &Request) -> Result<(), Failure> {
    x.defer().await?;
    match &request.kind {
        Kind::Select(_, values) => fetch(x, values.first().map(String::as_str).unwrap_or_default()).await,
        _ => Err(x.refusal("refuse-outdated", &[])),
    }
}

async fn fetch(x: &Exchange, id: &str) -> Result<(), Failure> {
    let customer = x.customer().await?;
    let Some((order, units)) = fetch_goods(&x.bot.store, x.bot.shop, customer.id, id.trim()).await? else {
        return Err(x.refusal("orders-unknown", &[("order", escape(id).into())]));
    };
    let file = goods_file(x.locale, &x.bot.config().shop.currency, &order, &units);
    let arguments = [
        ("order", order.id.clone().into()),
        ("quantity", number(order.quantity)),
        ("name", escape(&order.product_name).into()),
    ];
    x.show(Card::new(Mood::Good, x.text("orders-again", &arguments)).file(file)).await
}
