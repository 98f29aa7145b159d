//! `/stock add`: units from text or from a `.txt` or `.csv` file, one a line. Duplicates come back one by one.

use bytes::Bytes;
use stockbot_store::{
    StockOutcome,
    stock::{MAX_UNIT_BYTES, add_units},
};

use super::{require_admin, units::units};
use crate::{
    cards::{Card, Mood},
    discord::File,
    interactions::{
        error::ReplyError,
        options::Options,
        reply::Reply,
        request::{OptionValue, Request},
    },
    texts::{escape, number},
};

/// Largest file (ui.md).
const MAX_FILE_BYTES: usize = 5 * 1024 * 1024;
/// Most units at once (ui.md).
const MAX_UNITS: usize = 100_000;

/// Adds units.
pub async fn add(reply: &Reply, request: &Request, options: &Options<'_>) -> Result<(), ReplyError> {
    reply.defer().await?;
    require_admin(reply, request)?;
    let mut text = options.text("text").to_owned();
    if let Some(OptionValue::File { name, size, url }) = options.get("file") {
        text.push('\n');
        text.push_str(&download(reply, name, *size, url).await?);
    }
    let units = units(&text);
    if units.is_empty() {
        return Err(reply.refusal("admin-stock-nothing", &[]));
    }
    if units.len() > MAX_UNITS {
        return Err(unusable(reply, "admin-stock-file-units"));
    }
    let code = options.text("code");
    let outcome = add_units(&reply.bot.store, reply.bot.shop, code, &units, &reply.actor()).await?;
    let StockOutcome::Done { total, added, duplicates, too_long, unstorable, available } = outcome else {
        return Err(reply.refusal("refuse-unknown-product", &[("code", escape(code).into())]));
    };
    reply.bot.wakeups.display.notify_one();
    let arguments = [
        ("code", escape(&code.to_uppercase()).into()),
        ("added", number(added)),
        ("total", number(total)),
        ("duplicates", count(&duplicates)),
        ("tooLong", count(&too_long)),
        ("unstorable", count(&unstorable)),
        ("maxBytes", MAX_UNIT_BYTES.to_string().into()),
        ("available", number(available)),
    ];
    let refused = [too_long, unstorable].concat();
    let mood = if duplicates.is_empty() && refused.is_empty() { Mood::Good } else { Mood::Attention };
    let mut card = Card::new(mood, reply.text("admin-stock-added", &arguments));
    for (name, lines) in [("duplicates.txt", duplicates), ("refused.txt", refused)] {
        if !lines.is_empty() {
            card = card.file(File { name: name.into(), content: lines.join("\n").into() });
        }
    }
    reply.show(card).await
}

fn count(lines: &[String]) -> std::borrow::Cow<'static, str> {
    lines.len().to_string().into()
}

async fn download(reply: &Reply, name: &str, size: u32, url: &str) -> Result<String, ReplyError> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    if !matches!(ending.as_deref(), Some("txt" | "csv")) {
        return Err(unusable(reply, "admin-stock-file-kind"));
    }
    if usize::try_from(size).unwrap_or(usize::MAX) > MAX_FILE_BYTES {
        return Err(unusable(reply, "admin-stock-file-size"));
    }
    let content: Bytes = reply.bot.rest.download(url, MAX_FILE_BYTES).await.map_err(|error| {
        tracing::warn!(%error, "an uploaded stock file could not be fetched");
        unusable(reply, "admin-stock-file-download")
    })?;
    let text = std::str::from_utf8(&content).map_err(|_| unusable(reply, "admin-stock-file-text"))?;
    Ok(text.to_owned())
}

fn unusable(reply: &Reply, reason: &str) -> ReplyError {
    reply.refusal("admin-stock-file", &[("reason", reply.text(reason, &[]).into())])
}
