//! One product with everything that is known of it.

use serenity::{
    all::ButtonStyle,
    builder::{CreateActionRow, CreateButton},
};
use stockbot_config::ButtonAction;

use super::{error::ReplyError, options::Options, reply::Reply};
use crate::{
    cards::{Card, Mood, button_label},
    custom_id::CustomId,
    texts::{escape, number},
};

/// Shows a product with its whole description.
pub async fn show(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    reply.defer().await?;
    let code = options.text("product");
    let product = reply.product(code).await?.filter(|product| product.active);
    let Some(product) = product else {
        return Err(reply.refusal("refuse-unknown-product", &[("code", escape(code).into())]));
    };
    let stock = match product.available {
        0 => reply.text("live-sold-out", &[]),
        left => number(left).into_owned(),
    };
    let mut card =
        Card::new(if product.available == 0 { Mood::Bad } else { Mood::Good }, escape(&product.description))
            .title(format!("{} · {}", escape(&product.name), product.code))
            .field(reply.text("confirm-unit", &[]), reply.money(product.price))
            .field(reply.text("live-stock", &[]), stock);
    if !product.category.is_empty() {
        card = card.field(reply.text("stock-category", &[]), escape(&product.category));
    }
    let buy = CreateButton::new(CustomId::Do(ButtonAction::Buy).to_string())
        .label(button_label(reply.locale, ButtonAction::Buy))
        .style(ButtonStyle::Primary);
    reply.show(card.row(CreateActionRow::Buttons(vec![buy]))).await
}
