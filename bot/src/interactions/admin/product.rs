//! `/product add`

use stockbot_store::{
    AddProduct, NewProduct, ProductProblem,
    products::{ProductCode, add_product},
};

use super::{amount, require_admin};
use crate::{
    cards::{Card, Mood},
    interactions::{error::ReplyError, options::Options, reply::Reply, request::Request},
    texts::escape,
};

/// Adds a product.
pub async fn add(reply: &Reply, request: &Request, options: &Options<'_>) -> Result<(), ReplyError> {
    reply.defer().await?;
    require_admin(reply, request)?;
    let given = options.text("code");
    let code: ProductCode = given.parse().map_err(|problem| invalid(reply, given, problem))?;
    let price = amount(reply, options, "price")?;
    let new = NewProduct {
        code,
        name: options.text("name").to_owned(),
        price,
        description: options.text("description").to_owned(),
        category: options.text("category").to_owned(),
    };
    let product = match add_product(&reply.bot.store, reply.bot.shop, &new, &reply.actor()).await? {
        AddProduct::Added(product) => product,
        AddProduct::CodeTaken => {
            return Err(reply.refusal("admin-product-taken", &[("code", escape(given).into())]));
        }
        AddProduct::Invalid(problem) => return Err(invalid(reply, given, problem)),
    };
    reply.bot.wakeups.display.notify_one();
    let arguments = [
        ("code", product.code.clone().into()),
        ("name", escape(&product.name).into()),
        ("price", reply.money(product.price).into()),
    ];
    reply.show(Card::new(Mood::Good, reply.text("admin-product-added", &arguments))).await
}

fn invalid(reply: &Reply, code: &str, problem: ProductProblem) -> ReplyError {
    match problem {
        ProductProblem::Code => reply.refusal("admin-product-code", &[("code", escape(code).into())]),
        ProductProblem::Name => reply.refusal("admin-product-name", &[]),
        ProductProblem::Price => reply.refusal("admin-product-price", &[]),
        ProductProblem::Description => reply.refusal("admin-product-description", &[]),
        ProductProblem::Category => reply.refusal("admin-product-category", &[]),
    }
}
