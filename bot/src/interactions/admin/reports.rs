//! `/transactions`, `/stats`, `/export`: what happened in the shop.

use stockbot_store::reports::{
    Sales, SalesBy, Table, customer_figures, export as read_table, sales, transactions as read_transactions,
};

use super::{people, show_list};
use crate::{
    cards::{Card, Mood, csv_file},
    interactions::{error::ReplyError, history::line, options::Options, reply::Reply},
    texts::{count, escape, number},
};

/// Movements of one answer.
const MOVEMENTS: i64 = 40;
/// The time that figures are of.
const DAYS: i32 = 30;
/// Lines of each figure.
const LINES: i64 = 8;
/// Rows of an export.
const ROWS: i64 = 50_000;

/// The newest movements, of one customer or all.
pub async fn transactions(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let customer = match options.text("customer") {
        "" => None,
        _ => Some(people::find(reply, options).await?.id),
    };
    let moved = read_transactions(&reply.bot.store, reply.bot.shop, customer, MOVEMENTS).await?;
    let lines: Vec<String> = moved
        .iter()
        .map(|moved| format!("{} · {}", escape(&moved.grow_id), line(reply, &moved.movement)))
        .collect();
    show_list(reply, "admin-transactions-title", "history-empty", &lines).await
}

/// Sales by product and day, busiest hours, customers.
pub async fn stats(reply: &Reply) -> Result<(), ReplyError> {
    let (store, shop) = (&reply.bot.store, reply.bot.shop);
    let people = customer_figures(store, shop, DAYS).await?;
    let arguments = [
        ("registered", number(people.registered)),
        ("bought", number(people.bought)),
        ("balances", reply.money(people.balances).into()),
        ("days", DAYS.to_string().into()),
    ];
    let mut card = Card::new(Mood::Plain, reply.text("admin-stats-customers", &arguments))
        .title(reply.text("admin-stats-title", &[("days", DAYS.to_string().into())]));
    for (by, heading) in [
        (SalesBy::Product, "admin-stats-products"),
        (SalesBy::Day, "admin-stats-days"),
        (SalesBy::Hour, "admin-stats-hours"),
    ] {
        let sales = sales(store, shop, by, DAYS, LINES).await?;
        let lines: Vec<String> = sales.iter().map(|sales| sold(reply, sales)).collect();
        let text = if lines.is_empty() { "-".to_owned() } else { lines.join("\n") };
        card = card.wide_field(reply.text(heading, &[]), text);
    }
    reply.show(card).await
}

fn sold(reply: &Reply, sales: &Sales) -> String {
    let arguments = [
        ("of", escape(&sales.of).into()),
        ("orders", number(sales.orders)),
        ("units", number(sales.units)),
        ("total", reply.money(sales.total).into()),
    ];
    reply.text("admin-stats-line", &arguments)
}

/// A table as a CSV file.
pub async fn export(reply: &Reply, table: Table, name: &str) -> Result<(), ReplyError> {
    let rows = read_table(&reply.bot.store, reply.bot.shop, table, ROWS, &reply.actor()).await?;
    let (file, written) = csv_file(&format!("{name}.csv"), &rows);
    let card = Card::new(Mood::Good, reply.text("admin-exported", &[("rows", count(written))]));
    reply.show(card.file(file)).await
}
