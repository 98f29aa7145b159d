//! `/product remove|show|hide|list`: what is in the catalogue, one product or many.

use stockbot_store::{
    EditProduct, RemoveProduct, Selection,
    catalogue::{remove_product, set_products_active},
    products::{list_products, set_product_active},
};

use super::{
    deed::{self, Deed},
    done, known_product, show_list, unknown_product,
};
use crate::{
    cards::product_line,
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::{count, escape, number},
};

/// Removes a product that has no stock; asks about one that has.
pub async fn remove(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let product = known_product(reply, options).await?;
    if product.available == 0 {
        return removal_confirmed(reply, &product.code, 0).await;
    }
    let arguments = [
        ("code", product.code.clone().into()),
        ("name", escape(&product.name).into()),
        ("units", number(product.available)),
    ];
    let question = reply.text("admin-remove-question", &arguments);
    let deed = Deed::RemoveProduct { code: product.code, units: product.available };
    deed::question(reply, &deed, question, "button-remove").await
}

/// Removes it, if it has the stock that was named.
pub async fn removal_confirmed(reply: &Reply, code: &str, units: i64) -> Result<(), ReplyError> {
    match remove_product(&reply.bot.store, reply.bot.shop, code, units, &reply.actor()).await? {
        RemoveProduct::Done { units } => {
            reply.bot.wakeups.display.notify_one();
            let code = code.to_owned().into();
            done(reply, "admin-product-removed", &[("code", code), ("units", number(units))]).await
        }
        RemoveProduct::OtherStock { available } => {
            Err(reply.refusal("admin-stock-other", &[("units", number(units)), ("now", number(available))]))
        }
        RemoveProduct::UnknownProduct => Err(unknown_product(reply, code)),
    }
}

/// Shows or hides one product, a category or all.
pub async fn set_visible(reply: &Reply, options: &Options<'_>, visible: bool) -> Result<(), ReplyError> {
    let (code, category) = (options.text("code"), options.text("category"));
    let which = match (code, category, options.flag("all").unwrap_or(false)) {
        ("", "", true) => Selection::All,
        ("", category, false) if !category.is_empty() => Selection::Category(category.to_owned()),
        (code, "", false) if !code.is_empty() => return set_one_visible(reply, code, visible).await,
        _ => return Err(reply.refusal("admin-visible-which", &[])),
    };
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let changed = set_products_active(store, shop, &which, visible, &actor).await?;
    reply.bot.wakeups.display.notify_one();
    let key = if visible { "admin-products-shown" } else { "admin-products-hidden" };
    done(reply, key, &[("count", count(changed))]).await
}

async fn set_one_visible(reply: &Reply, code: &str, visible: bool) -> Result<(), ReplyError> {
    match set_product_active(&reply.bot.store, reply.bot.shop, code, visible, &reply.actor()).await? {
        EditProduct::Done(product) => {
            reply.bot.wakeups.display.notify_one();
            let key = if visible { "admin-product-shown" } else { "admin-product-hidden" };
            done(reply, key, &[("code", product.code.into())]).await
        }
        EditProduct::UnknownProduct | EditProduct::Invalid(_) => Err(unknown_product(reply, code)),
    }
}

/// All products in manual order, hidden ones too.
pub async fn list(reply: &Reply) -> Result<(), ReplyError> {
    let products = list_products(&reply.bot.store, reply.bot.shop, true).await?;
    let config = reply.bot.config();
    let low = i64::from(config.shop.low_stock_threshold);
    let line = |(place, product): (usize, &stockbot_store::Product)| {
        let line = product_line(product, &config.shop.currency, low, reply.locale);
        let hidden =
            if product.active { String::new() } else { format!(" · {}", reply.text("admin-hidden", &[])) };
        let featured = if product.featured { " ⭐" } else { "" };
        let first = line.lines().next().unwrap_or_default();
        format!("{}. {first}{featured}{hidden}", place + 1)
    };
    let lines: Vec<String> = products.iter().enumerate().map(line).collect();
    show_list(reply, "admin-products-title", "live-empty", &lines).await
}
