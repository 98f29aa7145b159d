//! `/product add|edit|feature|move`: one product.

use std::borrow::Cow;

use stockbot_store::{
    AddProduct, EditProduct, NewProduct, Product, ProductChange, ProductProblem,
    catalogue::move_product,
    products::{ProductCode, add_product, edit_product},
};

use super::{amount, done, unknown_product};
use crate::{
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::{count, escape},
};

/// Adds a product.
pub async fn add(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let given = options.text("code");
    let code: ProductCode = given.parse().map_err(|problem| invalid(reply, given, problem))?;
    let new = NewProduct {
        code,
        name: options.text("name").to_owned(),
        price: amount(reply, options, "price")?,
        description: options.changed("description").unwrap_or_default(),
        category: options.changed("category").unwrap_or_default(),
    };
    match add_product(&reply.bot.store, reply.bot.shop, &new, &reply.actor()).await? {
        AddProduct::Added(product) => changed(reply, "admin-product-added", &product).await,
        AddProduct::CodeTaken => Err(reply.refusal("admin-product-taken", &[("code", escape(given).into())])),
        AddProduct::Invalid(problem) => Err(invalid(reply, given, problem)),
    }
}

/// Changes what is given.
pub async fn edit(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let price = if options.text("price").is_empty() { None } else { Some(amount(reply, options, "price")?) };
    let name = options.text("name");
    let change = ProductChange {
        name: (!name.is_empty()).then(|| name.to_owned()),
        price,
        description: options.changed("description"),
        category: options.changed("category"),
        ..ProductChange::default()
    };
    if change == ProductChange::default() {
        return Err(reply.refusal("admin-product-nothing", &[]));
    }
    edited(reply, options, &change, "admin-product-edited").await
}

/// Lists a product first, or among the others again.
pub async fn feature(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let featured = options.flag("on").unwrap_or(true);
    let change = ProductChange { featured: Some(featured), ..ProductChange::default() };
    let key = if featured { "admin-product-featured" } else { "admin-product-unfeatured" };
    edited(reply, options, &change, key).await
}

/// Moves a product in the list.
pub async fn place(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let code = options.text("code");
    let place = usize::try_from(options.number("position").unwrap_or(1)).unwrap_or(1);
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let Some(place) = move_product(store, shop, code, place, &actor).await? else {
        return Err(unknown_product(reply, code));
    };
    reply.bot.wakeups.display.notify_one();
    let code = escape(&code.to_uppercase());
    done(reply, "admin-product-moved", &[("code", code.into()), ("position", count(place))]).await
}

async fn edited(
    reply: &Reply,
    options: &Options<'_>,
    change: &ProductChange,
    key: &str,
) -> Result<(), ReplyError> {
    let code = options.text("code");
    match edit_product(&reply.bot.store, reply.bot.shop, code, change, &reply.actor()).await? {
        EditProduct::Done(product) => changed(reply, key, &product).await,
        EditProduct::UnknownProduct => Err(unknown_product(reply, code)),
        EditProduct::Invalid(problem) => Err(invalid(reply, code, problem)),
    }
}

async fn changed(reply: &Reply, key: &str, product: &Product) -> Result<(), ReplyError> {
    reply.bot.wakeups.display.notify_one();
    let category: Cow<'_, str> = match product.category.as_str() {
        "" => "-".into(),
        category => escape(category).into(),
    };
    let arguments = [
        ("code", product.code.clone().into()),
        ("name", escape(&product.name).into()),
        ("price", reply.money(product.price).into()),
        ("category", category),
    ];
    done(reply, key, &arguments).await
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
