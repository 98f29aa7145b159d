//! A customer's own orders, and their goods again.

use serenity::builder::{CreateActionRow, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption};
use stockbot_store::orders::fetch_goods;

use super::{error::ReplyError, options::Options, reply::Reply, request::Request};
use crate::{
    cards::{Card, Mood, clip, goods_file},
    custom_id::CustomId,
    texts::{escape, number},
};

/// Orders on the card; each line is short enough for all to fit.
pub const SHOWN: i64 = 15;

/// `/orders [id]`
pub async fn command(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    match options.text("id") {
        "" => show(reply).await,
        id => {
            reply.defer().await?;
            fetch(reply, id).await
        }
    }
}

/// The newest orders, with a menu to fetch one again.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply.defer().await?;
    let customer = reply.customer().await?;
    let orders = reply.orders(&customer, SHOWN).await?;
    if orders.is_empty() {
        return reply
            .show(
                Card::new(Mood::Plain, reply.text("orders-empty", &[]))
                    .title(reply.text("orders-title", &[])),
            )
            .await;
    }
    let line = |order: &stockbot_store::Order| {
        let when = format!("<t:{}:R>", order.created_at.as_second());
        let arguments = [
            ("order", order.id.clone().into()),
            ("quantity", number(order.quantity)),
            ("name", escape(&order.product_name).into()),
            ("total", reply.money(order.total).into()),
            ("when", when.into()),
        ];
        reply.text("orders-line", &arguments)
    };
    let text = orders.iter().map(line).collect::<Vec<_>>().join("\n");
    let option = |order: &stockbot_store::Order| {
        CreateSelectMenuOption::new(order.id.clone(), order.id.clone())
            .description(clip(&format!("{} x {}", order.quantity, order.product_name), 100))
    };
    let menu = CreateSelectMenuKind::String { options: orders.iter().map(option).collect() };
    let menu = CreateSelectMenu::new(CustomId::OrderPick.to_string(), menu)
        .placeholder(reply.text("orders-choose", &[]));
    let card = Card::new(Mood::Plain, text)
        .title(reply.text("orders-title", &[]))
        .row(CreateActionRow::SelectMenu(menu));
    reply.show(card).await
}

/// An order was chosen.
pub async fn picked(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    reply.defer().await?;
    fetch(reply, request.chosen()).await
}

async fn fetch(reply: &Reply, id: &str) -> Result<(), ReplyError> {
    let customer = reply.customer().await?;
    reply.begin_change();
    let Some((order, units)) = fetch_goods(&reply.bot.store, reply.bot.shop, customer.id, id.trim()).await?
    else {
        return Err(reply.refusal("orders-unknown", &[("order", escape(id).into())]));
    };
    let file = goods_file(reply.locale, &reply.bot.config().shop.currency, &order, &units);
    let arguments = [
        ("order", order.id.clone().into()),
        ("quantity", number(order.quantity)),
        ("name", escape(&order.product_name).into()),
    ];
    reply.show(Card::new(Mood::Good, reply.text("orders-again", &arguments)).file(file)).await
}
