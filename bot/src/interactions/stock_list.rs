//! The products as a private list, for those who type rather than click.

use stockbot_store::products::list_products;

use super::{
    card::{Card, Mood},
    exchange::{Exchange, number},
    failure::Failure,
};
use crate::{display::lines, texts::escape};

/// Embed descriptions end here (discord.md).
const LIMIT: usize = 4000;

/// Shows all products with price and stock.
pub async fn show(x: &Exchange) -> Result<(), Failure> {
    x.defer().await?;
    let products = list_products(&x.bot.store, x.bot.shop, false).await?;
    let config = x.bot.config();
    let low = i64::from(config.shop.low_stock_threshold);
    let mut text = String::new();
    for (shown, product) in products.iter().enumerate() {
        let line = lines::product(product, &config.shop.currency, low, x.locale);
        if text.chars().count() + line.chars().count() > LIMIT {
            let left = i64::try_from(products.len() - shown).unwrap_or(i64::MAX);
            text.push_str(&x.text("live-more", &[("count", number(left))]));
            break;
        }
        text.push_str(&line);
        text.push('\n');
    }
    if text.is_empty() {
        text = x.text("live-empty", &[]);
    }
    let title = x.text("stock-title", &[("shop", escape(config.shop_name()).into())]);
    x.show(Card::new(Mood::Plain, text).title(title)).await
}
