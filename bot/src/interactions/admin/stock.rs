//! `/stock add`: units from text or from a `.txt` or `.csv` file, one a line. Duplicates come back one by one.

use bytes::Bytes;
use stockbot_store::{
    StockOutcome,
    stock::{MAX_UNIT_BYTES, add_units},
};

use super::require_admin;
use crate::{
    discord::File,
    interactions::{
        card::{Card, Mood},
        exchange::{Exchange, number},
        failure::Failure,
        options::Options,
        visitor::{OptionValue, Request},
    },
    texts::escape,
};

/// Largest file (ui.md).
const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;
/// Most units at once (ui.md).
const MAX_UNITS: usize = 100_000;

/// Adds units.
pub async fn add(x: &Exchange, request: &Request, options: &Options<'_>) -> Result<(), Failure> {
    x.defer().await?;
    require_admin(x, request)?;
    let mut text = options.text("text").to_owned();
    if let Some(OptionValue::File { name, size, url }) = options.get("file") {
        text.push('\n');
        text.push_str(&download(x, name, *size, url).await?);
    }
    let units = lines(&text);
    if units.is_empty() {
        return Err(x.refusal("admin-stock-nothing", &[]));
    }
    if units.len() > MAX_UNITS {
        return Err(unusable(x, "admin-stock-file-units"));
    }
    let code = options.text("code");
    let outcome = add_units(&x.bot.store, x.bot.shop, code, &units, &x.actor()).await?;
    let StockOutcome::Done { total, added, duplicates, refused, available } = outcome else {
        return Err(x.refusal("refuse-unknown-product", &[("code", escape(code).into())]));
    };
    x.bot.wakeups.display.notify_one();
    let arguments = [
        ("code", escape(&code.to_uppercase()).into()),
        ("added", number(added)),
        ("total", number(total)),
        ("duplicates", count(&duplicates)),
        ("refused", count(&refused)),
        ("maxBytes", MAX_UNIT_BYTES.to_string().into()),
        ("available", number(available)),
    ];
    let mood = if duplicates.is_empty() && refused.is_empty() { Mood::Good } else { Mood::Attention };
    let mut card = Card::new(mood, x.text("admin-stock-added", &arguments));
    for (name, lines) in [("duplicates.txt", duplicates), ("refused.txt", refused)] {
        if !lines.is_empty() {
            card = card.file(File { name: name.into(), content: lines.join("\n").into() });
        }
    }
    x.show(card).await
}

fn count(lines: &[String]) -> std::borrow::Cow<'static, str> {
    lines.len().to_string().into()
}

async fn download(x: &Exchange, name: &str, size: u32, url: &str) -> Result<String, Failure> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if !matches!(ending.as_deref(), Some("txt" | "csv")) {
        return Err(unusable(x, "admin-stock-file-kind"));
    }
    if usize::try_from(size).unwrap_or(usize::MAX) > MAX_FILE_BYTES {
        return Err(unusable(x, "admin-stock-file-size"));
    }
    let content: Bytes = x.bot.rest.download(url, MAX_FILE_BYTES).await.map_err(|error| {
        tracing::warn!(%error, "an uploaded stock file could not be fetched");
        unusable(x, "admin-stock-file-download")
    })?;
    let text = std::str::from_utf8(&content).map_err(|_| unusable(x, "admin-stock-file-text"))?;
    // Windows' editors put a byte order mark first; it is no part of the first unit.
    Ok(text.trim_start_matches('\u{feff}').to_owned())
}

fn unusable(x: &Exchange, reason: &str) -> Failure {
    x.refusal("admin-stock-file", &[("reason", x.text(reason, &[]).into())])
}

/// One unit a line, blank ones left out.
fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn each_line_is_one_unit_and_blank_lines_are_none() {
        assert_eq!(super::lines("a:1\r\n\n  b:2  \n\t\nc,3"), ["a:1", "b:2", "c,3"]);
    }
}
