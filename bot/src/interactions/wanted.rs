//! What the answer to a request will show, as far as the request tells: read in the transaction that writes its arrival down.

use stockbot_config::ButtonAction;
use stockbot_store::Wanted;

use super::{
    balance, buy, history,
    options::Options,
    orders,
    request::{Kind, Request},
};
use crate::custom_id::CustomId;

/// What is read together with the arrival.
pub fn wanted(request: &Request) -> Option<Wanted> {
    match &request.kind {
        Kind::Command { path, options, .. } => command(path, &Options::new(options)),
        Kind::Button(_) | Kind::Select(..) | Kind::Modal(..) => component(request),
    }
}

fn command(path: &str, options: &Options<'_>) -> Option<Wanted> {
    match path {
        "balance" => Some(Wanted::Movements(balance::RECENT)),
        "history" => Some(Wanted::Movements(history::page(None))),
        "orders" if options.text("id").is_empty() => Some(Wanted::Orders(orders::SHOWN)),
        "stock list" => Some(Wanted::Products),
        "stock show" | "buy" => Some(Wanted::Product(options.text("product").trim().into())),
        "product remove" | "stock reduce" | "stock undo" | "stock export" => {
            Some(Wanted::Product(options.text("code").into()))
        }
        "balance-admin add" => Some(Wanted::Customer(options.text("customer").trim().into())),
        _ => None,
    }
}

fn component(request: &Request) -> Option<Wanted> {
    match CustomId::parse(request.target())? {
        CustomId::Live { action, .. } | CustomId::Do(action) => button(action),
        CustomId::HistoryBefore(entry) => Some(Wanted::Movements(history::page(Some(entry)))),
        CustomId::BuyPage(_) | CustomId::CategoryPage(..) | CustomId::CategoryPick(_) => {
            Some(Wanted::Products)
        }
        CustomId::BuyPick(_) => Some(Wanted::Product(request.chosen().into())),
        CustomId::BuyAgain(code, _)
        | CustomId::QuantityModal(code, _)
        | CustomId::BuyMore(code)
        | CustomId::MoreModal(code) => Some(Wanted::Product(code)),
        CustomId::CodeModal(_) => Some(Wanted::Product(request.field(buy::CODE).into())),
        _ => None,
    }
}

fn button(action: ButtonAction) -> Option<Wanted> {
    match action {
        ButtonAction::Balance => Some(Wanted::Movements(balance::RECENT)),
        ButtonAction::History => Some(Wanted::Movements(history::page(None))),
        ButtonAction::Buy => Some(Wanted::Products),
        ButtonAction::Orders => Some(Wanted::Orders(orders::SHOWN)),
        ButtonAction::Register | ButtonAction::WorldInfo | ButtonAction::Help | ButtonAction::Notify => None,
    }
}
