//! What can be bought, to choose from: products in stock, by category first where there are many. Nothing here moves goods or money.

use std::collections::BTreeSet;

use serenity::{
    all::ButtonStyle,
    builder::{
        CreateActionRow, CreateButton, CreateSelectMenu, CreateSelectMenuKind, CreateSelectMenuOption,
    },
};
use stockbot_store::Product;

use super::{error::ReplyError, reply::Reply, request::Request};
use crate::{
    cards::{Card, Mood, clip},
    custom_id::{CustomId, Entrance, Shelf, Tag},
    texts::number,
};

/// Options of one select menu (discord.md).
const PAGE: usize = 25;

/// The Buy button: a menu of what is in stock, for registered customers.
pub async fn pressed(reply: &Reply, entrance: Entrance) -> Result<(), ReplyError> {
    reply.defer().await?;
    reply.customer().await?;
    let products = in_stock(reply).await?;
    if products.len() > PAGE && names(&products).len() > 1 {
        return show_categories(reply, &products, 0, entrance).await;
    }
    show_products(reply, products, Shelf { entrance, ..Shelf::default() }).await
}

/// A page of products.
pub async fn page(reply: &Reply, shelf: Shelf) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    show_products(reply, in_stock(reply).await?, shelf).await
}

/// A page of categories.
pub async fn categories(reply: &Reply, page: usize, entrance: Entrance) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    show_categories(reply, &in_stock(reply).await?, page, entrance).await
}

/// A category was chosen.
pub async fn category(reply: &Reply, request: &Request, entrance: Entrance) -> Result<(), ReplyError> {
    reply.defer_update().await?;
    let category = request.chosen().parse().ok();
    show_products(reply, in_stock(reply).await?, Shelf { page: 0, entrance, category }).await
}

async fn in_stock(reply: &Reply) -> Result<Vec<Product>, ReplyError> {
    let mut products = reply.products().await?;
    products.retain(|product| product.available > 0);
    if products.is_empty() { Err(reply.refusal("buy-nothing", &[])) } else { Ok(products) }
}

fn names(products: &[Product]) -> BTreeSet<&str> {
    products.iter().map(|product| product.category.as_str()).collect()
}

async fn show_categories(
    reply: &Reply,
    products: &[Product],
    page: usize,
    entrance: Entrance,
) -> Result<(), ReplyError> {
    let options = names(products).into_iter().map(|name| {
        let count = products.iter().filter(|product| product.category == name).count();
        let count = number(i64::try_from(count).unwrap_or(i64::MAX));
        let shown = if name.is_empty() { reply.text("live-uncategorised", &[]) } else { name.to_owned() };
        CreateSelectMenuOption::new(clip(&shown, 100), Tag::of(name).to_string())
            .description(reply.text("buy-category-option", &[("count", count)]))
    });
    let turn = |page| CustomId::CategoryPage(page, entrance);
    let pages = Pages::of(options.collect(), page, turn);
    let (first, last) = ("buy-choose-category", "buy-choose-category-page");
    show(reply, pages, CustomId::CategoryPick(entrance), (first, last), &[CustomId::BuyCode(entrance)]).await
}

async fn show_products(reply: &Reply, mut products: Vec<Product>, shelf: Shelf) -> Result<(), ReplyError> {
    let (all, entrance) = (names(&products).len(), shelf.entrance);
    if let Some(category) = shelf.category {
        products.retain(|product| Tag::of(&product.category) == category);
        if products.is_empty() {
            let others = CustomId::BuyPage(Shelf { page: 0, entrance, category: None });
            return Err(reply.refusal("buy-category-nothing", &[]).or(others));
        }
    }
    let options = products.iter().map(|product| option(reply, product)).collect();
    let pages = Pages::of(options, shelf.page, |page| CustomId::BuyPage(Shelf { page, ..shelf }));
    let mut more = vec![CustomId::BuyCode(entrance)];
    if shelf.category.is_some() && all > 1 {
        more.push(CustomId::CategoryPage(0, entrance));
    }
    show(reply, pages, CustomId::BuyPick(entrance), ("buy-choose", "buy-choose-page"), &more).await
}

fn option(reply: &Reply, product: &Product) -> CreateSelectMenuOption {
    let details = reply.text(
        "buy-option",
        &[("price", reply.money(product.price).into()), ("stock", number(product.available))],
    );
    CreateSelectMenuOption::new(clip(&product.name, 100), product.code.clone())
        .description(clip(&details, 100))
}

/// The options of one page and the way to its neighbours.
struct Pages {
    options: Vec<CreateSelectMenuOption>,
    page: usize,
    of: usize,
    previous: Option<CustomId>,
    next: Option<CustomId>,
}

impl Pages {
    /// The page, or the last one if there are fewer by now.
    fn of(options: Vec<CreateSelectMenuOption>, page: usize, turn: impl Fn(usize) -> CustomId) -> Self {
        let pages = options.len().div_ceil(PAGE).max(1);
        let page = page.min(pages - 1);
        Self {
            options: options.into_iter().skip(page * PAGE).take(PAGE).collect(),
            page,
            of: pages,
            previous: page.checked_sub(1).map(&turn),
            next: Some(page + 1).filter(|next| *next < pages).map(turn),
        }
    }
}

/// `texts`: the heading of the only page, and that of one of several.
async fn show(
    reply: &Reply,
    pages: Pages,
    pick: CustomId,
    texts: (&str, &str),
    more: &[CustomId],
) -> Result<(), ReplyError> {
    let Pages { options, page, of, previous, next } = pages;
    let text = if of == 1 {
        reply.text(texts.0, &[])
    } else {
        let place = [("page", (page + 1).to_string().into()), ("pages", of.to_string().into())];
        reply.text(texts.1, &place)
    };
    let button = |id: &CustomId, key: &str| {
        CreateButton::new(id.to_string()).label(reply.text(key, &[])).style(ButtonStyle::Secondary)
    };
    let turn = [(previous, "button-previous"), (next, "button-next")];
    let mut buttons: Vec<CreateButton> =
        turn.iter().filter_map(|(id, key)| id.as_ref().map(|id| button(id, key))).collect();
    for id in more {
        let key = if matches!(id, CustomId::BuyCode(_)) { "button-enter-code" } else { "button-categories" };
        buttons.push(button(id, key));
    }
    let menu = CreateSelectMenu::new(pick.to_string(), CreateSelectMenuKind::String { options });
    let card = Card::new(Mood::Plain, text)
        .row(CreateActionRow::SelectMenu(menu.placeholder(reply.text("buy-placeholder", &[]))))
        .row(CreateActionRow::Buttons(buttons));
    reply.show(card).await
}
