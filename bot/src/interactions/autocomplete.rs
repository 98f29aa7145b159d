//! Suggestions while a command is typed: product codes, categories and customers. Best effort: no suggestions rather than an error.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use stockbot_store::{
    OpenDeposit, customers::search_customers, deposit_claims::open_deposits, money::format_exact,
    products::list_products,
};
use tokio::time::{Instant, timeout_at};

use super::{
    admin::{is_administrator, route::is_admin},
    patience::PATIENCE,
    request::{Kind, Request},
};
use crate::{cards::clip, context::Bot};

/// Discord shows at most so many.
const LIMIT: usize = 25;
/// Discord's callback type for suggestions.
const SUGGESTIONS: u8 = 8;

/// Answers with what fits what was typed so far.
pub async fn answer(bot: &Bot, request: &Request, arrived: Instant) {
    let Kind::Command { typing: Some((option, typed)), path, .. } = &request.kind else { return };
    let admin = is_admin(path);
    let choices = async {
        match option.as_str() {
            // Hidden products and customers are nobody else's business.
            _ if admin && !is_administrator(bot, request) => Vec::new(),
            "product" | "code" => products(bot, typed, admin).await,
            "deposit" => deposits(bot, typed).await,
            "world" => worlds(bot, typed).await,
            "category" => categories(bot, typed).await,
            "customer" => customers(bot, typed).await,
            _ => Vec::new(),
        }
    };
    let choices = timeout_at(arrived + PATIENCE, choices).await.unwrap_or_default();
    if let Err(error) =
        bot.rest.respond(request.id, &request.token, SUGGESTIONS, Some(json!({"choices": choices}))).await
    {
        tracing::debug!(%error, "suggestions came too late");
    }
}

async fn products(bot: &Bot, typed: &str, hidden: bool) -> Vec<Value> {
    let typed = typed.to_lowercase();
    let products = list_products(&bot.store, bot.shop, hidden).await.unwrap_or_default();
    let fits = products
        .iter()
        .filter(|p| p.code.to_lowercase().contains(&typed) || p.name.to_lowercase().contains(&typed));
    fits.take(LIMIT)
        .map(|p| json!({"name": clip(&format!("{} · {}", p.code, p.name), 100), "value": p.code}))
        .collect()
}

async fn categories(bot: &Bot, typed: &str) -> Vec<Value> {
    let typed = typed.to_lowercase();
    let products = list_products(&bot.store, bot.shop, true).await.unwrap_or_default();
    let categories: BTreeSet<String> = products.into_iter().map(|product| product.category).collect();
    let fits = categories.iter().filter(|c| !c.is_empty() && c.to_lowercase().contains(&typed));
    fits.take(LIMIT).map(|category| json!({"name": category, "value": category})).collect()
}

async fn deposits(bot: &Bot, typed: &str) -> Vec<Value> {
    let open = open_deposits(&bot.store, bot.shop, 100).await.unwrap_or_default();
    let currency = &bot.config().shop.currency;
    let name = |d: &OpenDeposit| format!("{} · {} · {}", d.id, d.grow_id, format_exact(d.amount, currency));
    let fits = open.iter().filter(|d| name(d).to_lowercase().contains(&typed.to_lowercase()));
    fits.take(LIMIT).map(|d| json!({"name": clip(&name(d), 100), "value": d.id.to_string()})).collect()
}

async fn worlds(bot: &Bot, typed: &str) -> Vec<Value> {
    let worlds = stockbot_store::worlds::worlds(&bot.store, bot.shop).await.unwrap_or_default();
    let fits = worlds.iter().filter(|world| world.name.contains(&typed.to_uppercase()));
    fits.take(LIMIT).map(|world| json!({"name": world.name, "value": world.name})).collect()
}

async fn customers(bot: &Bot, typed: &str) -> Vec<Value> {
    let found = search_customers(&bot.store, bot.shop, typed, i64::try_from(LIMIT).unwrap_or(i64::MAX)).await;
    found.unwrap_or_default().iter().map(|c| json!({"name": c.grow_id, "value": c.grow_id})).collect()
}
