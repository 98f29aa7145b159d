//! Commands of the shop's administrators: who may use them, and what they were given. Each is audited.
//!
//! `route` finds the handler; one file per thing; what cannot be undone is asked about first (`deed`); `trail` writes
//! down what was done.

mod balance;
mod blacklist;
mod catalogue;
pub mod deed;
mod deposits;
mod display;
mod maintenance;
mod people;
mod product;
mod refund;
mod reports;
pub mod route;
pub mod stock;
mod stock_changes;
pub mod trail;
mod units;
mod upload;
mod worlds;

use stockbot_store::Product;

use super::{error::ReplyError, options::Options, reply::Reply, request::Request};
use crate::{
    cards::{Card, Mood},
    context::Bot,
    texts::{Args, escape},
};

/// Is it one of the administrators of `spec.shop.admins`?
pub fn is_administrator(bot: &Bot, request: &Request) -> bool {
    let config = bot.config();
    let admins = &config.shop.admins;
    let by_user = admins.users.iter().any(|user| user.get() == request.user);
    by_user || admins.roles.iter().any(|role| request.roles.contains(&role.get()))
}

/// Refuses everybody else; Discord's own permissions only hide commands.
pub fn require_admin(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    let allowed = is_administrator(&reply.bot, request);
    if allowed { Ok(()) } else { Err(reply.refusal("refuse-not-admin", &[])) }
}

/// An amount of money greater than 0, as entered in the option `name`.
fn amount(reply: &Reply, options: &Options<'_>, name: &str) -> Result<i64, ReplyError> {
    let given = options.text(name);
    let parsed = stockbot_store::money::parse(given, &reply.bot.config().shop.currency);
    let amount = parsed.map_err(|_| reply.refusal("admin-amount", &[("given", escape(given).into())]))?;
    if amount == 0 { Err(reply.refusal("admin-amount-zero", &[])) } else { Ok(amount) }
}

/// The product of the option `code`.
async fn known_product(reply: &Reply, options: &Options<'_>) -> Result<Product, ReplyError> {
    let code = options.text("code");
    reply.product(code).await?.ok_or_else(|| unknown_product(reply, code))
}

fn unknown_product(reply: &Reply, code: &str) -> ReplyError {
    reply.refusal("refuse-unknown-product", &[("code", escape(code).into())])
}

/// Shows that it is done.
async fn done(reply: &Reply, key: &str, arguments: Args<'_>) -> Result<(), ReplyError> {
    reply.show(Card::new(Mood::Good, reply.text(key, arguments))).await
}

/// Embed descriptions end at 4096 characters (discord.md).
const LISTED: usize = 3900;

/// A list as far as it fits, and how many lines do not.
async fn show_list(reply: &Reply, title: &str, empty: &str, lines: &[String]) -> Result<(), ReplyError> {
    let mut text = String::new();
    for (shown, line) in lines.iter().enumerate() {
        if text.chars().count() + line.chars().count() > LISTED {
            let left = crate::texts::count(lines.len() - shown);
            text.push_str(&reply.text("admin-list-more", &[("count", left)]));
            break;
        }
        text.push_str(line);
        text.push('\n');
    }
    if text.is_empty() {
        text = reply.text(empty, &[]);
    }
    reply.show(Card::new(Mood::Plain, text).title(reply.text(title, &[]))).await
}
