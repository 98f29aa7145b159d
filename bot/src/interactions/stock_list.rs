//! The products as a private list, for those who type rather than click.

use super::{error::ReplyError, reply::Reply};
use crate::{
    cards::{Card, Mood, product_line},
    texts::{escape, number},
};

/// Embed descriptions end here (discord.md).
const LIMIT: usize = 4000;

/// Shows all products with price and stock.
pub async fn show(reply: &Reply) -> Result<(), ReplyError> {
    reply.defer().await?;
    let products = reply.products().await?;
    let config = reply.bot.config();
    let low = i64::from(config.shop.low_stock_threshold);
    let mut text = String::new();
    for (shown, product) in products.iter().enumerate() {
        let line = product_line(product, &config.shop.currency, low, reply.locale);
        if text.chars().count() + line.chars().count() > LIMIT {
            let left = i64::try_from(products.len() - shown).unwrap_or(i64::MAX);
            text.push_str(&reply.text("live-more", &[("count", number(left))]));
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    if text.is_empty() {
        text = reply.text("live-empty", &[]);
    }
    let title = reply.text("stock-title", &[("shop", escape(config.shop_name()).into())]);
    reply.show(Card::new(Mood::Plain, text).title(title)).await
}
