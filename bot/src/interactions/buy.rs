//! Up to the confirmation: say how many, see what it will cost. Nothing here moves goods or money.

use serenity::{
    all::InputTextStyle,
    builder::{CreateActionRow, CreateInputText, CreateModal},
};
use stockbot_store::Product;

use super::{
    balance::{too_few, too_low},
    confirm,
    error::ReplyError,
    maintenance,
    options::Options,
    reply::Reply,
    request::Request,
};
use crate::{
    cards::clip,
    custom_id::{CustomId, Entrance, Shelf},
    texts::{escape, number},
};

/// Names of the modals' fields.
const QUANTITY: &str = "quantity";
pub const CODE: &str = "code";

/// A product was chosen: ask how many, by this form.
pub async fn ask_quantity(reply: &Reply, code: &str, form: CustomId) -> Result<(), ReplyError> {
    let entrance = form.purchase_from().flatten();
    let product = find(reply, code, entrance).await?;
    if product.available == 0 {
        return Err(too_few(reply, 0, 1).or(CustomId::BuyPage(shelf(entrance))));
    }
    let field = quantity_field(reply, &product_maximum(reply, &product));
    let title = reply.text("buy-modal-title", &[("name", product.name.clone().into())]);
    reply.open(CreateModal::new(form.to_string(), clip(&title, 45)).components(vec![field])).await
}

/// Enter code: ask which and how many.
pub async fn ask_code(reply: &Reply, entrance: Entrance) -> Result<(), ReplyError> {
    let code = CreateInputText::new(InputTextStyle::Short, reply.text("buy-modal-code", &[]), CODE)
        .min_length(1)
        .max_length(32);
    let maximum = reply.bot.config().shop.max_quantity.to_string();
    let modal =
        CreateModal::new(CustomId::CodeModal(entrance).to_string(), reply.text("buy-modal-code-title", &[]));
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
pub async fn code_given(reply: &Reply, request: &Request, entrance: Entrance) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    let code = request.field(CODE);
    offer(reply, code, request.field(QUANTITY), entrance).await
}

/// The quantity form was sent.
pub async fn quantity_given(
    reply: &Reply,
    request: &Request,
    code: &str,
    entrance: Entrance,
) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    offer(reply, code, request.field(QUANTITY), entrance).await
}

/// The quantity form of a receipt was sent.
pub async fn more_given(reply: &Reply, request: &Request, code: &str) -> Result<(), ReplyError> {
    reply.defer().await?;
    offer(reply, code, request.field(QUANTITY), None).await
}

/// `/buy product quantity`
pub async fn command(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    maintenance::refuse_if_closed(reply, None).await?;
    reply.defer().await?;
    let quantity = options.number("quantity").unwrap_or(1).to_string();
    offer(reply, options.text("product"), &quantity, None).await
}

/// Shows the confirmation, or says now what the purchase would be refused for.
async fn offer(reply: &Reply, code: &str, quantity: &str, entrance: Entrance) -> Result<(), ReplyError> {
    let customer = reply.customer().await?;
    let product = find(reply, code, entrance).await?;
    let again = || CustomId::BuyAgain(product.code.clone(), entrance);
    let maximum = i64::from(reply.bot.config().shop.max_quantity);
    let entered = quantity.parse::<i64>().ok().filter(|quantity| (1..=maximum).contains(quantity));
    let quantity = entered.ok_or_else(|| {
        let arguments = [("max", number(maximum)), ("given", escape(quantity).into())];
        reply.refusal("refuse-quantity", &arguments).or(again())
    })?;
    if product.available < quantity {
        let way_on = if product.available > 0 { again() } else { CustomId::BuyPage(shelf(entrance)) };
        return Err(too_few(reply, product.available, quantity).or(way_on));
    }
    let total = product.price.saturating_mul(quantity);
    if customer.balance < total {
        return Err(too_low(reply, customer.balance, total).or(again()));
    }
    reply.show(confirm::card(reply, &product, quantity, customer.balance, entrance)).await
}

/// The first page of all products.
fn shelf(entrance: Entrance) -> Shelf {
    Shelf { entrance, ..Shelf::default() }
}

/// A product on sale, or the refusal.
async fn find(reply: &Reply, code: &str, entrance: Entrance) -> Result<Product, ReplyError> {
    let arguments = [("code", escape(code).into())];
    let refusal = match reply.product(code.trim()).await? {
        Some(product) if product.active => return Ok(product),
        Some(_) => reply.refusal("refuse-inactive", &arguments),
        None => reply.refusal("refuse-unknown-product", &arguments),
    };
    Err(refusal.or(CustomId::BuyCode(entrance)).or(CustomId::BuyPage(shelf(entrance))))
}
