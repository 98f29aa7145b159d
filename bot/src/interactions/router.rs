//! Finds the handler of an interaction. Must not: answer anything itself but what has no handler.

use stockbot_config::ButtonAction;

use super::{
    admin, balance, buy, confirm,
    error::ReplyError,
    help, history, maintenance,
    options::Options,
    orders, ping, register,
    reply::Reply,
    request::{Kind, Request},
    stock_card, stock_list, world,
};
use crate::{
    custom_id::{CustomId, word},
    text_rule::named,
};

/// Answers the interaction.
pub async fn route(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    if let Some(character) = request.forbidden() {
        return Err(reply.refusal("refuse-character", &[("character", named(character).into())]));
    }
    match &request.kind {
        Kind::Command { path, options, .. } => {
            if request.guild.is_none_or(|guild| guild != reply.bot.config().guild_id.get()) {
                return Err(reply.refusal("refuse-elsewhere", &[]));
            }
            command(reply, request, path, &Options::new(options)).await
        }
        Kind::Button(id) | Kind::Select(id, _) | Kind::Modal(id, _) => match CustomId::parse(id) {
            Some(id) => component(reply, request, id).await,
            None => Err(reply.refusal("refuse-outdated", &[])),
        },
    }
}

async fn command(
    reply: &Reply,
    request: &Request,
    path: &str,
    options: &Options<'_>,
) -> Result<(), ReplyError> {
    match path {
        "buy" => buy::command(reply, options).await,
        "balance" => balance::show(reply).await,
        "orders" => orders::command(reply, options).await,
        "history" => history::show(reply, None).await,
        "growid" => register::command(reply, options).await,
        "world" => world::show(reply).await,
        "ping" => ping::show(reply).await,
        "stock show" => stock_card::show(reply, options).await,
        "stock list" => stock_list::show(reply).await,
        "help" => help::show(reply).await,
        path if admin::route::is_admin(path) => {
            Box::pin(admin::route::command(reply, request, path, options)).await
        }
        _ => Err(reply.refusal("refuse-outdated", &[])),
    }
}

async fn component(reply: &Reply, request: &Request, id: CustomId) -> Result<(), ReplyError> {
    match id {
        CustomId::Live { action, display } => {
            reply.bot.metrics.button_clicks.with_label_values(&[word(action)]).inc();
            maintenance::refuse_if_closed(reply, Some(&display)).await?;
            act(reply, action).await
        }
        CustomId::Do(action) => {
            maintenance::refuse_if_closed(reply, None).await?;
            act(reply, action).await
        }
        CustomId::BuyPage(page) => buy::page(reply, page).await,
        CustomId::BuyPick => buy::picked(reply, request).await,
        CustomId::BuyCode => buy::ask_code(reply).await,
        CustomId::CodeModal => buy::code_given(reply, request).await,
        CustomId::QuantityModal(code) => buy::quantity_given(reply, request, &code).await,
        CustomId::Confirm(confirmation) => confirm::confirmed(reply, &confirmation).await,
        CustomId::Cancel => confirm::cancelled(reply).await,
        CustomId::RegisterModal => register::given(reply, request).await,
        CustomId::RegisterChange => register::open_form(reply).await,
        CustomId::RegisterKeep => register::kept(reply).await,
        CustomId::OrderPick => orders::picked(reply, request).await,
        CustomId::StockForm(code) => Box::pin(admin::stock::form_given(reply, request, &code)).await,
        CustomId::Sure(question) => Box::pin(admin::deed::confirmed(reply, request, question)).await,
        CustomId::NotSure => admin::deed::cancelled(reply).await,
        CustomId::HistoryBefore(entry) => history::show(reply, Some(entry)).await,
    }
}

async fn act(reply: &Reply, action: ButtonAction) -> Result<(), ReplyError> {
    match action {
        ButtonAction::Register => register::pressed(reply).await,
        ButtonAction::Balance => balance::show(reply).await,
        ButtonAction::Buy => buy::pressed(reply).await,
        ButtonAction::History => history::show(reply, None).await,
        ButtonAction::Orders => orders::show(reply).await,
        ButtonAction::Help => help::show(reply).await,
        ButtonAction::WorldInfo => world::show(reply).await,
        // No restock notices yet: the button is not put on messages, and an old one says so.
        ButtonAction::Notify => Err(reply.refusal("refuse-outdated", &[])),
    }
}
