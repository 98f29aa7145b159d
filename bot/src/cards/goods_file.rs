//! The delivery file `<CODE>_<quantity>x_<order id>.txt`: a header and the numbered units. Pure.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use stockbot_config::{Currency, Locale};
use stockbot_store::{Order, money};

use crate::{discord::File, texts::text};

/// Jakarta's time is what Indonesian shops go by; the zone is written beside it.
const ZONE: &str = "Asia/Jakarta";

/// Builds the file of an order.
#[must_use]
pub fn goods_file(locale: Locale, currency: &Currency, order: &Order, units: &[String]) -> File {
    let zone = TimeZone::get(ZONE).unwrap_or(TimeZone::UTC);
    let date = order.created_at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S %Z").to_string();
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
