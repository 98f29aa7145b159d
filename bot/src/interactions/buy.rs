//! Up to the confirmation: choose a product, say how many, see what it will cost. Nothing here moves goods or money.

use serenity::{
    all::{ButtonStyle, InputTextStyle},
    builder::{
        CreateActionRow, CreateButton, CreateInputText, CreateModal, CreateSelectMenu, CreateSelectMenuKind,
        CreateSelectMenuOption,
    },
};
use stockbot_config::ButtonAction;
use stockbot_store::{
    Product,
    customers::customer,
    products::{list_products, product},
};

use super::{
    balance::{too_few, too_low},
    card::{Card, Mood, clip},
    confirm,
    exchange::{Exchange, REFUSE_NOT_REGISTERED, button_text, number},
    failure::Failure,
    options::Options,
    visitor::{Kind, Request},
};
use crate::{custom_id::CustomId, texts::escape};

/// Options of one select menu (discord.md).
const PAGE: usize = 25;
/// Names of the modals' fields.
const QUANTITY: &str = "quantity";
const CODE: &str = "code";

/// The Buy button: a menu of what is in stock, for registered customers.
pub async fn pressed(x: &Exchange) -> Result<(), Failure> {
    x.defer().await?;
    if customer(&x.bot.store, x.bot.shop, x.user).await?.is_none() {
        let register = CustomId::Do(ButtonAction::Register).to_string();
        let button = CreateButton::new(register)
            .label(button_text(x.locale, ButtonAction::Register))
            .style(ButtonStyle::Success);
        let card = Card::new(Mood::Attention, x.text(REFUSE_NOT_REGISTERED, &[]));
        return x.show(card.row(CreateActionRow::Buttons(vec![button]))).await;
    }
    show_menu(x, 0).await
}

/// Another page of the menu.
pub async fn page(x: &Exchange, page: usize) -> Result<(), Failure> {
    x.defer_update().await?;
    show_menu(x, page).await
}

async fn show_menu(x: &Exchange, page: usize) -> Result<(), Failure> {
    let mut products = list_products(&x.bot.store, x.bot.shop, false).await?;
    products.retain(|product| product.available > 0);
    if products.is_empty() {
        return Err(x.refusal("buy-nothing", &[]));
    }
    let pages = products.len().div_ceil(PAGE);
    let page = page.min(pages - 1);
    let options =
        products.iter().skip(page * PAGE).take(PAGE).map(|product| menu_option(x, product)).collect();
    let menu = CreateSelectMenu::new(CustomId::BuyPick.to_string(), CreateSelectMenuKind::String { options });
    let mut buttons = vec![
        CreateButton::new(CustomId::BuyCode.to_string())
            .label(x.text("button-enter-code", &[]))
            .style(ButtonStyle::Secondary),
    ];
    if pages > 1 {
        let next = CustomId::BuyPage((page + 1) % pages).to_string();
        buttons.push(CreateButton::new(next).label(x.text("button-more", &[])).style(ButtonStyle::Secondary));
    }
    let text = if pages == 1 {
        x.text("buy-choose", &[])
    } else {
        x.text("buy-choose-page", &page_numbers(page, pages))
    };
    let card = Card::new(Mood::Plain, text)
        .row(CreateActionRow::SelectMenu(menu.placeholder(x.text("buy-placeholder", &[]))))
        .row(CreateActionRow::Buttons(buttons));
    x.show(card).await
}

fn page_numbers(page: usize, pages: usize) -> [(&'static str, std::borrow::Cow<'static, str>); 2] {
    [("page", (page + 1).to_string().into()), ("pages", pages.to_string().into())]
}

fn menu_option(x: &Exchange, product: &Product) -> CreateSelectMenuOption {
    let details = x.text(
        "buy-option",
        &[("price", x.money(product.price).into()), ("stock", number(product.available))],
    );
    CreateSelectMenuOption::new(clip(&product.name, 100), product.code.clone())
        .description(clip(&details, 100))
}

/// A product was chosen: ask how many.
pub async fn picked(x: &Exchange, request: &Request) -> Result<(), Failure> {
    let code = match &request.kind {
        Kind::Select(_, values) => values.first().cloned().unwrap_or_default(),
        _ => String::new(),
    };
    let product = find(x, &code).await?;
    let field = quantity_field(x, &product_maximum(x, &product));
    let title = x.text("buy-modal-title", &[("name", product.name.clone().into())]);
    let modal = CreateModal::new(CustomId::QuantityModal(product.code).to_string(), clip(&title, 45));
    x.open(modal.components(vec![field])).await
}

/// Enter code: ask which and how many.
pub async fn ask_code(x: &Exchange) -> Result<(), Failure> {
    let code = CreateInputText::new(InputTextStyle::Short, x.text("buy-modal-code", &[]), CODE)
        .min_length(1)
        .max_length(32);
    let maximum = x.bot.config().shop.max_quantity.to_string();
    let modal = CreateModal::new(CustomId::CodeModal.to_string(), x.text("buy-modal-code-title", &[]));
    x.open(modal.components(vec![CreateActionRow::InputText(code), quantity_field(x, &maximum)])).await
}

fn quantity_field(x: &Exchange, maximum: &str) -> CreateActionRow {
    let label = x.text("buy-modal-quantity", &[("max", maximum.into())]);
    CreateActionRow::InputText(
        CreateInputText::new(InputTextStyle::Short, label, QUANTITY).value("1").min_length(1).max_length(10),
    )
}

fn product_maximum(x: &Exchange, product: &Product) -> String {
    product.available.clamp(1, i64::from(x.bot.config().shop.max_quantity)).to_string()
}

/// The code form was sent.
pub async fn code_given(x: &Exchange, request: &Request) -> Result<(), Failure> {
    x.defer_update().await?;
    let code = field(request, CODE);
    offer(x, code, field(request, QUANTITY)).await
}

/// The quantity form was sent.
pub async fn quantity_given(x: &Exchange, request: &Request, code: &str) -> Result<(), Failure> {
    x.defer_update().await?;
    offer(x, code, field(request, QUANTITY)).await
}

/// `/buy product quantity`
pub async fn command(x: &Exchange, options: &Options<'_>) -> Result<(), Failure> {
    x.defer().await?;
    let quantity = options.number("quantity").unwrap_or(1).to_string();
    offer(x, options.text("product"), &quantity).await
}

fn field<'a>(request: &'a Request, name: &str) -> &'a str {
    match &request.kind {
        Kind::Modal(_, fields) => fields.get(name).map(|value| value.trim()).unwrap_or_default(),
        _ => "",
    }
}

/// Shows the confirmation, or says now what the purchase would be refused for.
async fn offer(x: &Exchange, code: &str, quantity: &str) -> Result<(), Failure> {
    let customer = x.customer().await?;
    let product = find(x, code).await?;
    let maximum = i64::from(x.bot.config().shop.max_quantity);
    let quantity =
        quantity.parse::<i64>().ok().filter(|quantity| (1..=maximum).contains(quantity)).ok_or_else(
            || x.refusal("refuse-quantity", &[("max", number(maximum)), ("given", escape(quantity).into())]),
        )?;
    if product.available < quantity {
        return Err(too_few(x, product.available, quantity));
    }
    let total = product.price.saturating_mul(quantity);
    if customer.balance < total {
        return Err(too_low(x, customer.balance, total));
    }
    x.show(confirm::card(x, &product, quantity, customer.balance)).await
}

/// A product on sale, or the refusal.
async fn find(x: &Exchange, code: &str) -> Result<Product, Failure> {
    let arguments = [("code", escape(code).into())];
    match product(&x.bot.store, x.bot.shop, code.trim()).await? {
        Some(product) if product.active => Ok(product),
        Some(_) => Err(x.refusal("refuse-inactive", &arguments)),
        None => Err(x.refusal("refuse-unknown-product", &arguments)),
    }
}
