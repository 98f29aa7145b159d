//! Finds the handler of an interaction. Must not: answer anything itself but what has no handler.

use stockbot_config::ButtonAction;

use super::{
    admin, balance, buy, confirm,
    error::ReplyError,
    help, history, maintenance, menu,
    options::Options,
    orders, ping, register,
    reply::Reply,
    request::{Kind, Request},
    stock_card, stock_list, world,
};
use crate::{
    custom_id::{CustomId, Entrance, Tag, word},
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
    if let Some(entrance) = id.purchase_from() {
        maintenance::refuse_if_closed(reply, entrance).await?;
    }
    match id {
        CustomId::Live { action, display } => {
            reply.bot.metrics.button_clicks.with_label_values(&[word(action)]).inc();
            let entrance = Some(Tag::of(&display));
            maintenance::refuse_if_closed(reply, entrance).await?;
            act(reply, action, entrance).await
        }
        CustomId::Do(action) => act(reply, action, None).await,
        CustomId::BuyPage(shelf) => menu::page(reply, shelf).await,
        CustomId::CategoryPage(page, entrance) => menu::categories(reply, page, entrance).await,
        CustomId::CategoryPick(entrance) => menu::category(reply, request, entrance).await,
        CustomId::BuyPick(entrance) => {
            let form = CustomId::QuantityModal(request.chosen().into(), entrance);
            buy::ask_quantity(reply, request.chosen(), form).await
        }
        CustomId::BuyAgain(code, entrance) => {
            buy::ask_quantity(reply, &code, CustomId::QuantityModal(code.clone(), entrance)).await
        }
        CustomId::BuyMore(code) => buy::ask_quantity(reply, &code, CustomId::MoreModal(code.clone())).await,
        CustomId::MoreModal(code) => buy::more_given(reply, request, &code).await,
        CustomId::BuyCode(entrance) => buy::ask_code(reply, entrance).await,
        CustomId::CodeModal(entrance) => buy::code_given(reply, request, entrance).await,
        CustomId::QuantityModal(code, entrance) => buy::quantity_given(reply, request, &code, entrance).await,
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

async fn act(reply: &Reply, action: ButtonAction, entrance: Entrance) -> Result<(), ReplyError> {
    match action {
        ButtonAction::Register => register::pressed(reply).await,
        ButtonAction::Balance => balance::show(reply).await,
        ButtonAction::Buy => menu::pressed(reply, entrance).await,
        ButtonAction::History => history::show(reply, None).await,
        ButtonAction::Orders => orders::show(reply).await,
        ButtonAction::Help => help::show(reply).await,
        ButtonAction::WorldInfo => world::show(reply).await,
        // No restock notices yet: the button is not put on messages, and an old one says so.
        ButtonAction::Notify => Err(reply.refusal("refuse-outdated", &[])),
    }
}
