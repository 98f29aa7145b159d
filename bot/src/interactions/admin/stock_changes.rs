//! `/stock reduce|undo|history|export`: units out of the stock, and what became of it.

use bytes::Bytes;
use jiff::Timestamp;
use stockbot_store::{
    Reduction, StockChange,
    stock_removal::{export_units, last_addition, reduce_units, stock_history, undo_addition},
};

use super::{
    deed::{self, Deed},
    known_product, show_list,
};
use crate::{
    cards::{Card, Mood},
    discord::File,
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::{escape, number},
};

/// Changes that `history` lists.
const LISTED: i64 = 30;
/// Units of one export.
const EXPORTED: i64 = 100_000;
/// Discord takes files of 10 MB.
const FILE_BYTES: usize = 9_000_000;

/// Asks whether to take units out.
pub async fn reduce(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let product = known_product(reply, options).await?;
    let quantity = options.number("quantity").unwrap_or(1);
    if quantity < 1 || quantity > product.available {
        let arguments = [("left", number(product.available)), ("asked", number(quantity))];
        return Err(reply.refusal("refuse-stock", &arguments));
    }
    let arguments = [
        ("code", product.code.clone().into()),
        ("units", number(quantity)),
        ("available", number(product.available)),
    ];
    let question = reply.text("admin-reduce-question", &arguments);
    deed::question(reply, &Deed::ReduceStock { code: product.code, quantity }, question, "button-take-out")
        .await
}

/// Takes them out.
pub async fn reduction_confirmed(reply: &Reply, code: &str, quantity: i64) -> Result<(), ReplyError> {
    let done = reduce_units(&reply.bot.store, reply.bot.shop, code, quantity, &reply.actor()).await?;
    reduced(reply, code, quantity, done).await
}

/// Asks whether to take the last addition back.
pub async fn undo(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let product = known_product(reply, options).await?;
    let code = product.code;
    let last = last_addition(&reply.bot.store, reply.bot.shop, &code).await?;
    let Some(last) = last.filter(|last| last.left > 0) else {
        return Err(reply.refusal("admin-undo-nothing", &[("code", code.into())]));
    };
    let arguments = [
        ("code", code.clone().into()),
        ("when", format!("<t:{}:f>", last.at.as_second()).into()),
        ("added", number(last.added)),
        ("units", number(last.left)),
    ];
    let question = reply.text("admin-undo-question", &arguments);
    let deed = Deed::UndoStock { code, at: last.at, left: last.left };
    deed::question(reply, &deed, question, "button-take-out").await
}

/// Takes it back.
pub async fn undo_confirmed(reply: &Reply, code: &str, at: Timestamp, left: i64) -> Result<(), ReplyError> {
    let done = undo_addition(&reply.bot.store, reply.bot.shop, code, at, left, &reply.actor()).await?;
    reduced(reply, code, left, done).await
}

async fn reduced(reply: &Reply, code: &str, wanted: i64, done: Reduction) -> Result<(), ReplyError> {
    let (units, available) = match done {
        Reduction::Done { units, available } => (units, available),
        Reduction::OtherStock { available } => {
            let numbers = [("units", number(wanted)), ("now", number(available))];
            return Err(reply.refusal("admin-stock-other", &numbers));
        }
    };
    reply.bot.wakeups.display.notify_one();
    let arguments =
        [("code", code.to_owned().into()), ("units", number(wanted)), ("available", number(available))];
    let card = Card::new(Mood::Good, reply.text("admin-stock-reduced", &arguments));
    reply.show(card.file(file(&format!("{code}_taken_out.txt"), &units).0)).await
}

/// Units in stock as a file.
pub async fn export(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let product = known_product(reply, options).await?;
    let (code, available) = (product.code, product.available);
    if available == 0 {
        return Err(reply.refusal("admin-export-empty", &[("code", code.into())]));
    }
    let units = export_units(&reply.bot.store, reply.bot.shop, &code, EXPORTED, &reply.actor()).await?;
    let (file, written) = file(&format!("{code}_stock.txt"), &units);
    let arguments = [("code", code.into()), ("units", number(written)), ("available", number(available))];
    reply.show(Card::new(Mood::Good, reply.text("admin-stock-exported", &arguments)).file(file)).await
}

/// A file with as many of the lines as Discord takes, and how many.
fn file(name: &str, lines: &[String]) -> (File, i64) {
    let mut content = String::new();
    let mut written = 0;
    for line in lines {
        if content.len() + line.len() >= FILE_BYTES {
            break;
        }
        content.push_str(line);
        content.push('\n');
        written += 1;
    }
    (File { name: name.into(), content: Bytes::from(content) }, written)
}

/// Who changed the stock.
pub async fn history(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let code = Some(options.text("code")).filter(|code| !code.is_empty());
    let changes = stock_history(&reply.bot.store, reply.bot.shop, code, LISTED).await?;
    let lines: Vec<String> = changes.iter().map(|change| line(reply, change)).collect();
    show_list(reply, "admin-stock-history-title", "history-empty", &lines).await
}

fn line(reply: &Reply, change: &StockChange) -> String {
    let key = match change.action.as_str() {
        "stock.add" => "admin-stock-did-add",
        "stock.reduce" => "admin-stock-did-reduce",
        "stock.undo" => "admin-stock-did-undo",
        _ => "admin-stock-did-export",
    };
    let units = change.details["added"].as_i64().or(change.details["units"].as_i64()).unwrap_or_default();
    let what = reply.text(key, &[("units", number(units))]);
    let (code, at) = (escape(&change.code), change.at.as_second());
    format!("<t:{at}:f> · `{code}` · {what} · <@{}>", change.user_id)
}
