//! The delivery file `<CODE>_<quantity>x_<order id>.txt`: a header and the numbered units. Pure.

use std::fmt::Write as _;

use jiff::tz::{Offset, TimeZone};
use stockbot_config::{Currency, Locale};
use stockbot_store::{Order, money};

use crate::{discord::File, texts::text};

/// Jakarta's time (WIB) is what Indonesian shops go by. It has no summer time, so no zone file is needed, which the image lacks.
const WIB: Offset = Offset::constant(7);

/// Builds the file of an order.
#[must_use]
pub fn goods_file(locale: Locale, currency: &Currency, order: &Order, units: &[String]) -> File {
    let bought_at = order.created_at.to_zoned(TimeZone::fixed(WIB));
    let date = bought_at.strftime("%Y-%m-%d %H:%M:%S WIB (UTC%:z)").to_string();
    let mut content = String::new();
    for (key, value) in [
        ("file-date", date),
        ("file-order", order.id.clone()),
        ("file-product", format!("{} ({})", order.product_name, order.product_code)),
        ("file-quantity", order.quantity.to_string()),
        ("file-total", money::format_exact(order.total, currency)),
        ("file-buyer", order.grow_id.clone()),
    ] {
        let _ = writeln!(content, "{}: {value}", text(locale, key, &[]));
    }
    content.push('\n');
    for (index, unit) in units.iter().enumerate() {
        let _ = writeln!(content, "{}. {unit}", index + 1);
    }
    File {
        name: format!("{}_{}x_{}.txt", order.product_code, order.quantity, order.id),
        content: content.into(),
    }
}

#[cfg(test)]
mod tests {
    use stockbot_store::OrderState;

    use super::*;

    #[test]
    fn the_file_says_when_in_jakarta_and_numbers_the_units() {
        let order = Order {
            id: "ABCD1234".into(),
            product_code: "VIP".into(),
            product_name: "Very important".into(),
            quantity: 2,
            unit_price: 75,
            total: 150,
            state: OrderState::Paid,
            created_at: "2026-01-31T20:30:00Z".parse().unwrap(),
            delivered_at: None,
            customer_id: 1,
            user_id: 2,
            grow_id: "Grower".into(),
            interaction_id: 3,
        };
        let file =
            goods_file(Locale::En, &Currency::default(), &order, &["key-1".to_owned(), "key-2".to_owned()]);
        assert_eq!(file.name, "VIP_2x_ABCD1234.txt");
        insta::assert_snapshot!(std::str::from_utf8(&file.content).unwrap());
    }
}
