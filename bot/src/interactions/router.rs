//! Finds the handler of an interaction. Must not: answer anything itself but what has no handler.

use stockbot_config::ButtonAction;

use super::{
    admin, balance, buy, confirm,
    exchange::Exchange,
    failure::Failure,
    help, history, maintenance,
    options::Options,
    orders, register, stock_list,
    visitor::{Kind, Request},
};
use crate::custom_id::{CustomId, word};

/// Answers the interaction.
pub async fn route(x: &Exchange, request: &Request) -> Result<(), Failure> {
    match &request.kind {
        Kind::Command { path, options, .. } => {
            if request.guild.is_none_or(|guild| guild != x.bot.config().guild_id.get()) {
                return Err(x.refusal("refuse-elsewhere", &[]));
            }
            command(x, request, path, &Options::new(options)).await
        }
        Kind::Button(id) | Kind::Select(id, _) | Kind::Modal(id, _) => match CustomId::parse(id) {
            Some(id) => component(x, request, id).await,
            None => Err(x.refusal("refuse-outdated", &[])),
        },
    }
}

async fn command(x: &Exchange, request: &Request, path: &str, options: &Options<'_>) -> Result<(), Failure> {
    match path {
        "buy" => buy::command(x, options).await,
        "balance" => balance::show(x).await,
        "orders" => orders::command(x, options).await,
        "history" => history::show(x, None).await,
        "stock list" => stock_list::show(x).await,
        "help" => help::show(x).await,
        "product add" => admin::product::add(x, request, options).await,
        "stock add" => admin::stock::add(x, request, options).await,
        "balance-admin add" => admin::balance::add(x, request, options).await,
        _ => Err(x.refusal("refuse-outdated", &[])),
    }
}

async fn component(x: &Exchange, request: &Request, id: CustomId) -> Result<(), Failure> {
    match id {
        CustomId::Live { action, display } => {
            x.bot.metrics.button_clicks.with_label_values(&[word(action)]).inc();
            maintenance::refuse_if_closed(x, Some(&display)).await?;
            act(x, action).await
        }
        CustomId::Do(action) => {
            maintenance::refuse_if_closed(x, None).await?;
            act(x, action).await
        }
        CustomId::BuyPage(page) => buy::page(x, page).await,
        CustomId::BuyPick => buy::picked(x, request).await,
        CustomId::BuyCode => buy::ask_code(x).await,
        CustomId::CodeModal => buy::code_given(x, request).await,
        CustomId::QuantityModal(code) => buy::quantity_given(x, request, &code).await,
        CustomId::Confirm(confirmation) => confirm::confirmed(x, &confirmation).await,
        CustomId::Cancel => confirm::cancelled(x).await,
        CustomId::RegisterModal => register::given(x, request).await,
        CustomId::RegisterChange => register::open_form(x).await,
        CustomId::RegisterKeep => register::kept(x).await,
        CustomId::OrderPick => orders::picked(x, request).await,
        CustomId::HistoryBefore(entry) => history::show(x, Some(entry)).await,
    }
}

async fn act(x: &Exchange, action: ButtonAction) -> Result<(), Failure> {
    match action {
        ButtonAction::Register => register::pressed(x).await,
        ButtonAction::Balance => balance::show(x).await,
        ButtonAction::Buy => buy::pressed(x).await,
        ButtonAction::History => history::show(x, None).await,
        ButtonAction::Orders => orders::show(x).await,
        ButtonAction::Help => help::show(x).await,
        ButtonAction::WorldInfo => help::world(x).await,
        // No restock notices yet: the button is not put on messages, and an old one says so.
        ButtonAction::Notify => Err(x.refusal("refuse-outdated", &[])),
    }
}
