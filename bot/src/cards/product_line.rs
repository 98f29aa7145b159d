//! One product as a line of text: dot, name, code, price, stock, short description.

use stockbot_config::{Currency, Locale};
use stockbot_store::{Product, money};

use crate::texts::{escape, text};

/// Characters of a description that fit beside the rest.
const DESCRIPTION: usize = 80;

/// The line of a product; green above `low`, yellow from 1 to `low`, red at 0.
#[must_use]
pub fn product_line(product: &Product, currency: &Currency, low: i64, locale: Locale) -> String {
    let dot = match product.available {
        0 => "🔴",
        left if left <= low => "🟡",
        _ => "🟢",
    };
    let stock = match product.available {
        0 => text(locale, "live-sold-out", &[]),
        left => format!("{} **{left}**", text(locale, "live-stock", &[])),
    };
    let price = money::format_exact(product.price, currency);
    let mut line = format!("{dot} **{}** · `{}` · {price} · {stock}", escape(&product.name), product.code);
    if !product.description.is_empty() {
        let short: String = product.description.chars().take(DESCRIPTION).collect();
        let more = if product.description.chars().count() > DESCRIPTION { "…" } else { "" };
        line = format!("{line}\n-# {}{more}", escape(&short));
    }
    line
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A product for tests of this module.
    pub fn sample(code: &str, category: &str, price: i64, available: i64) -> Product {
        Product {
            code: code.into(),
            name: format!("Name of {code}"),
            price,
            description: String::new(),
            category: category.into(),
            featured: false,
            position: 0,
            active: true,
            version: 1,
            available,
        }
    }

    #[test]
    fn the_dot_follows_the_thresholds_and_the_price_is_exact() {
        let currency = Currency::default();
        let line = |available| product_line(&sample("A", "", 150, available), &currency, 10, Locale::En);
        assert!(line(11).starts_with("🟢") && line(11).contains("1 DL 50 WL"), "{}", line(11));
        assert!(line(10).starts_with("🟡") && line(1).starts_with("🟡"));
        assert!(line(0).starts_with("🔴") && line(0).contains("sold out"));
    }

    #[test]
    fn names_cannot_format_or_ping() {
        let mut evil = sample("A", "", 1, 1);
        evil.name = "@everyone **x**".into();
        let line = product_line(&evil, &Currency::default(), 10, Locale::En);
        assert!(line.contains("\\@everyone \\*\\*x\\*\\*"), "{line}");
    }
}
