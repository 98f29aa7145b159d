//! Finds the handler of an interaction. Must not: answer anything itself but what has no handler.

use stockbot_config::{ButtonAction, Mode};
use stockbot_store::shops::shop_state;

use super::{
    admin, balance, buy, confirm,
    exchange::Exchange,
    failure::Failure,
    help, history, orders, register, stock_list,
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
            command(x, request, path, &admin::Options::new(options)).await
        }
        Kind::Button(id) | Kind::Select(id, _) | Kind::Modal(id, _) => match CustomId::parse(id) {
            Some(id) => component(x, request, id).await,
            None => Err(x.refusal("refuse-outdated", &[])),
        },
    }
}

async fn command(
    x: &Exchange,
    request: &Request,
    path: &str,
    options: &admin::Options<'_>,
) -> Result<(), Failure> {
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
            refuse_in_maintenance(x, Some(&display)).await?;
            act(x, action).await
        }
        CustomId::Do(action) => {
            refuse_in_maintenance(x, None).await?;
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

/// Closed by the configuration, by an administrator in Discord, or for this display alone.
async fn refuse_in_maintenance(x: &Exchange, display: Option<&str>) -> Result<(), Failure> {
    let config = x.bot.config();
    let of_display = |name: &str| {
        config.displays.iter().find(|d| d.name == name).is_some_and(|d| d.settings.mode == Mode::Maintenance)
    };
    let forced = &config.shop.maintenance;
    if forced.enabled {
        return Err(maintenance(x, &forced.reason));
    }
    if display.is_some_and(of_display) {
        return Err(maintenance(x, ""));
    }
    let state = shop_state(&x.bot.store, x.bot.shop).await?;
    if state.maintenance { Err(maintenance(x, &state.reason)) } else { Ok(()) }
}

/// The refusal of a closed shop.
pub fn maintenance(x: &Exchange, reason: &str) -> Failure {
    if reason.is_empty() {
        return x.refusal("refuse-maintenance", &[]);
    }
    let reason = crate::texts::escape(reason);
    x.refusal("refuse-maintenance-reason", &[("reason", reason.into())])
}
