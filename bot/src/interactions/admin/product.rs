//! `/product add`

use stockbot_store::{
    AddProduct, NewProduct, ProductProblem,
    products::{ProductCode, add_product},
};

use super::{amount, require_admin};
use crate::{
    interactions::{
        card::{Card, Mood},
        exchange::Exchange,
        failure::Failure,
        options::Options,
        visitor::Request,
    },
    texts::escape,
};

/// Adds a product.
pub async fn add(x: &Exchange, request: &Request, options: &Options<'_>) -> Result<(), Failure> {
    x.defer().await?;
    require_admin(x, request)?;
    let given = options.text("code");
    let code: ProductCode = given.parse().map_err(|problem| invalid(x, given, problem))?;
    let price = amount(x, options, "price")?;
    let new = NewProduct {
        code,
        name: options.text("name").to_owned(),
        price,
        description: options.text("description").to_owned(),
        category: options.text("category").to_owned(),
    };
    let product = match add_product(&x.bot.store, x.bot.shop, &new, &x.actor()).await? {
        AddProduct::Added(product) => product,
        AddProduct::CodeTaken => {
            return Err(x.refusal("admin-product-taken", &[("code", escape(given).into())]));
        }
        AddProduct::Invalid(problem) => return Err(invalid(x, given, problem)),
    };
    x.bot.wakeups.display.notify_one();
    let arguments = [
        ("code", product.code.clone().into()),
        ("name", escape(&product.name).into()),
        ("price", x.money(product.price).into()),
    ];
    x.show(Card::new(Mood::Good, x.text("admin-product-added", &arguments))).await
}

fn invalid(x: &Exchange, code: &str, problem: ProductProblem) -> Failure {
    match problem {
        ProductProblem::Code => x.refusal("admin-product-code", &[("code", escape(code).into())]),
        ProductProblem::Name => x.refusal("admin-product-name", &[]),
        ProductProblem::Price => x.refusal("admin-product-price", &[]),
        ProductProblem::Description => x.refusal("admin-product-description", &[]),
        ProductProblem::Category => x.refusal("admin-product-category", &[]),
    }
}
