//! Suggestions while a command is typed: product codes and customers. Best effort: no suggestions rather than an error.

use serde_json::{Value, json};
use stockbot_store::{customers::search_customers, products::list_products};
use tokio::time::{Instant, timeout_at};

use super::{
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
    let Kind::Command { typing: Some((option, typed)), .. } = &request.kind else { return };
    let choices = async {
        match option.as_str() {
            "product" | "code" => products(bot, typed).await,
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

async fn products(bot: &Bot, typed: &str) -> Vec<Value> {
    let typed = typed.to_lowercase();
    let products = list_products(&bot.store, bot.shop, false).await.unwrap_or_default();
    let fits = products
        .iter()
        .filter(|p| p.code.to_lowercase().contains(&typed) || p.name.to_lowercase().contains(&typed));
    fits.take(LIMIT)
        .map(|p| json!({"name": clip(&format!("{} · {}", p.code, p.name), 100), "value": p.code}))
        .collect()
}

async fn customers(bot: &Bot, typed: &str) -> Vec<Value> {
    let found = search_customers(&bot.store, bot.shop, typed, i64::try_from(LIMIT).unwrap_or(i64::MAX)).await;
    found.unwrap_or_default().iter().map(|c| json!({"name": c.grow_id, "value": c.grow_id})).collect()
}
