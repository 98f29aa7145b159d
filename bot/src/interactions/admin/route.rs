//! Finds the handler of an administrator's command.

use stockbot_store::reports::Table;

use super::{
    balance, blacklist, catalogue, deposits, display, maintenance, product, refund, reports, stock,
    stock_changes, worlds,
};
use crate::interactions::{error::ReplyError, options::Options, reply::Reply, request::Request};

/// Is it a command of administrators?
pub fn is_admin(path: &str) -> bool {
    const GROUPS: [&str; 11] = [
        "balance-admin",
        "blacklist",
        "deposit",
        "display",
        "export",
        "maintenance",
        "product",
        "refund",
        "stats",
        "transactions",
        "world-admin",
    ];
    let mut words = path.split(' ');
    match (words.next(), words.next()) {
        (Some("stock"), Some(sub)) => !matches!(sub, "list" | "show"),
        (Some(group), _) => GROUPS.contains(&group),
        (None, _) => false,
    }
}

/// Carries an administrator's command out.
pub async fn command(
    reply: &Reply,
    request: &Request,
    path: &str,
    options: &Options<'_>,
) -> Result<(), ReplyError> {
    super::require_admin(reply, request)?;
    match path {
        // A form is an answer of its own, so nothing may be answered before.
        "stock add" if stock::needs_form(options) => return stock::open_form(reply, options).await,
        _ => reply.defer().await?,
    }
    reply.begin_change();
    match path {
        "product add" => product::add(reply, options).await,
        "product edit" => product::edit(reply, options).await,
        "product feature" => product::feature(reply, options).await,
        "product move" => product::place(reply, options).await,
        "product remove" => catalogue::remove(reply, options).await,
        "product show" => catalogue::set_visible(reply, options, true).await,
        "product hide" => catalogue::set_visible(reply, options, false).await,
        "product list" => catalogue::list(reply).await,
        "stock add" => stock::add(reply, options).await,
        "stock reduce" => stock_changes::reduce(reply, options).await,
        "stock undo" => stock_changes::undo(reply, options).await,
        "stock history" => stock_changes::history(reply, options).await,
        "stock export" => stock_changes::export(reply, options).await,
        "balance-admin add" => balance::add(reply, options).await,
        "balance-admin remove" => balance::remove(reply, options).await,
        "balance-admin reset" => balance::reset(reply, options).await,
        "balance-admin show" => balance::show(reply, options).await,
        "deposit claim" => deposits::claim(reply, options).await,
        "deposit list" => deposits::list(reply).await,
        "refund order" => refund::order_command(reply, options).await,
        "maintenance on" => maintenance::on(reply, options).await,
        "maintenance off" => maintenance::off(reply).await,
        "maintenance status" => maintenance::status(reply).await,
        "transactions" => reports::transactions(reply, options).await,
        "stats" => reports::stats(reply).await,
        "export orders" => reports::export(reply, Table::Orders, "orders").await,
        "export ledger" => reports::export(reply, Table::Ledger, "ledger").await,
        "export audit" => reports::export(reply, Table::Audit, "audit").await,
        "display refresh" => display::refresh(reply).await,
        "display status" => display::status(reply).await,
        "world-admin add" => worlds::add(reply, options).await,
        "world-admin set" => worlds::set(reply, options).await,
        "world-admin remove" => worlds::remove(reply, options).await,
        "blacklist add" => blacklist::set(reply, options, true).await,
        "blacklist remove" => blacklist::set(reply, options, false).await,
        "blacklist list" => blacklist::list(reply).await,
        _ => Err(reply.refusal("refuse-outdated", &[])),
    }
}
