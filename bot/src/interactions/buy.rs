//! Up to the confirmation: choose a product, say how many, see what it will cost. Nothing here moves goods or money.

use serenity::{
    all::{ButtonStyle, InputTextStyle},
    builder::{
        CreateActionRow, CreateButton, CreateInputText, CreateModal, CreateSelectMenu, CreateSelectMenuKind,
        CreateSelectMenuOption,
    },
};
use stockbot_config::ButtonAction;
use stockbot_store::Product;

use super::{
    balance::{too_few, too_low},
    confirm,
    error::ReplyError,
    options::Options,
    reply::{REFUSE_NOT_REGISTERED, Reply},
    request::Request,
};
use crate::{
    cards::{Card, Mood, button_label, clip},
    custom_id::CustomId,
    texts::{escape, number},
};

/// Options of one select menu (discord.md).
const PAGE: usize = 25;
/// Names of the modals' fields.
const QUANTITY: &str = "quantity";
pub const CODE: &str = "code";

/// The Buy button: a menu of what is in stock, for registered customers.
pub async fn pressed(reply: &Reply) -> Result<(), ReplyError> {
    reply.defer().await?;
    if reply.registered().await?.is_none() {
        let register = CustomId::Do(ButtonAction::Register).to_string();
        let button = CreateButton::new(register)
            .label(button_label(reply.locale, ButtonAction::Register))
            .style(ButtonStyle::Success);
        let card = Card::new(Mood::Attention, reply.text(REFUSE_NOT_REGISTERED, &[]));
        return reply.show(card.row(CreateActionRow::Buttons(vec![button]))).await;
    }
    show_menu(reply, 0).await
}

/// Another page of the menu.
pub async fn page(reply: &Reply, page: usize) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    show_menu(reply, page).await
}

async fn show_menu(reply: &Reply, page: usize) -> Result<(), ReplyError> {
    let mut products = reply.products().await?;
    products.retain(|product| product.available > 0);
    if products.is_empty() {
        return Err(reply.refusal("buy-nothing", &[]));
    }
    let pages = products.len().div_ceil(PAGE);
    let page = page.min(pages - 1);
    let options =
        products.iter().skip(page * PAGE).take(PAGE).map(|product| menu_option(reply, product)).collect();
    let menu = CreateSelectMenu::new(CustomId::BuyPick.to_string(), CreateSelectMenuKind::String { options });
    let mut buttons = vec![
        CreateButton::new(CustomId::BuyCode.to_string())
            .label(reply.text("button-enter-code", &[]))
            .style(ButtonStyle::Secondary),
    ];
    if pages > 1 {
        let next = CustomId::BuyPage((page + 1) % pages).to_string();
        buttons.push(
            CreateButton::new(next).label(reply.text("button-more", &[])).style(ButtonStyle::Secondary),
        );
    }
    let text = if pages == 1 {
        reply.text("buy-choose", &[])
    } else {
        reply.text("buy-choose-page", &page_numbers(page, pages))
    };
    let card = Card::new(Mood::Plain, text)
        .row(CreateActionRow::SelectMenu(menu.placeholder(reply.text("buy-placeholder", &[]))))
        .row(CreateActionRow::Buttons(buttons));
    reply.show(card).await
}

fn page_numbers(page: usize, pages: usize) -> [(&'static str, std::borrow::Cow<'static, str>); 2] {
    [("page", (page + 1).to_string().into()), ("pages", pages.to_string().into())]
}

fn menu_option(reply: &Reply, product: &Product) -> CreateSelectMenuOption {
    let details = reply.text(
        "buy-option",
        &[("price", reply.money(product.price).into()), ("stock", number(product.available))],
    );
    CreateSelectMenuOption::new(clip(&product.name, 100), product.code.clone())
        .description(clip(&details, 100))
}

/// A product was chosen: ask how many.
pub async fn picked(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    let product = find(reply, request.chosen()).await?;
    let field = quantity_field(reply, &product_maximum(reply, &product));
    let title = reply.text("buy-modal-title", &[("name", product.name.clone().into())]);
    let modal = CreateModal::new(CustomId::QuantityModal(product.code).to_string(), clip(&title, 45));
    reply.open(modal.components(vec![field])).await
}

/// Enter code: ask which and how many.
pub async fn ask_code(reply: &Reply) -> Result<(), ReplyError> {
    let code = CreateInputText::new(InputTextStyle::Short, reply.text("buy-modal-code", &[]), CODE)
        .min_length(1)
        .max_length(32);
    let maximum = reply.bot.config().shop.max_quantity.to_string();
    let modal = CreateModal::new(CustomId::CodeModal.to_string(), reply.text("buy-modal-code-title", &[]));
    reply
        .open(modal.components(vec![CreateActionRow::InputText(code), quantity_field(reply, &maximum)]))
        .await
}

fn quantity_field(reply: &Reply, maximum: &str) -> CreateActionRow {
    let label = reply.text("buy-modal-quantity", &[("max", maximum.into())]);
    CreateActionRow::InputText(
        CreateInputText::new(InputTextStyle::Short, label, QUANTITY).value("1").min_length(1).max_length(10),
    )
}

fn product_maximum(reply: &Reply, product: &Product) -> String {
    product.available.clamp(1, i64::from(reply.bot.config().shop.max_quantity)).to_string()
}

/// The code form was sent.
pub async fn code_given(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    let code = request.field(CODE);
    offer(reply, code, request.field(QUANTITY)).await
}

/// The quantity form was sent.
pub async fn quantity_given(reply: &Reply, request: &Request, code: &str) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    offer(reply, code, request.field(QUANTITY)).await
}

/// `/buy product quantity`
pub async fn command(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    reply.defer().await?;
    let quantity = options.number("quantity").unwrap_or(1).to_string();
    offer(reply, options.text("product"), &quantity).await
}

/// Shows the confirmation, or says now what the purchase would be refused for.
async fn offer(reply: &Reply, code: &str, quantity: &str) -> Result<(), ReplyError> {
    let customer = reply.customer().await?;
    let product = find(reply, code).await?;
    let maximum = i64::from(reply.bot.config().shop.max_quantity);
    let quantity = quantity
        .parse::<i64>()
        .ok()
        .filter(|quantity| (1..=maximum).contains(quantity))
        .ok_or_else(|| {
            reply.refusal("refuse-quantity", &[("max", number(maximum)), ("given", escape(quantity).into())])
        })?;
    if product.available < quantity {
        return Err(too_few(reply, product.available, quantity));
    }
    let total = product.price.saturating_mul(quantity);
    if customer.balance < total {
        return Err(too_low(reply, customer.balance, total));
    }
    reply.show(confirm::card(reply, &product, quantity, customer.balance)).await
}

/// A product on sale, or the refusal.
async fn find(reply: &Reply, code: &str) -> Result<Product, ReplyError> {
    let arguments = [("code", escape(code).into())];
    match reply.product(code.trim()).await? {
        Some(product) if product.active => Ok(product),
        Some(_) => Err(reply.refusal("refuse-inactive", &arguments)),
        None => Err(reply.refusal("refuse-unknown-product", &arguments)),
    }
}
