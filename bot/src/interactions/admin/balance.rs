//! `/balance-admin`: add, remove, reset, show. Money moves once, named by the interaction.

use stockbot_store::{
    Adjustment, Customer, Page, TransferKind,
    ledger::{adjust_balance, history},
};

use super::{
    amount,
    deed::{self, Deed},
    done, people,
};
use crate::{
    cards::{Card, Mood},
    interactions::{error::ReplyError, history::line, options::Options, reply::Reply},
    texts::escape,
};

/// Movements that `show` lists.
const SHOWN: i64 = 10;

/// Adds to a customer's balance.
pub async fn add(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let amount = amount(reply, options, "amount")?;
    let customer = people::find(reply, options).await?;
    adjust(reply, &customer, amount, TransferKind::AdminAdd).await
}

/// Takes from a customer's balance.
pub async fn remove(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let amount = amount(reply, options, "amount")?;
    let customer = people::find(reply, options).await?;
    adjust(reply, &customer, -amount, TransferKind::AdminRemove).await
}

async fn adjust(
    reply: &Reply,
    customer: &Customer,
    amount: i64,
    kind: TransferKind,
) -> Result<(), ReplyError> {
    let external_id = reply.id.to_string();
    move_money(reply, (customer.id, &customer.grow_id), amount, kind, &external_id).await
}

async fn move_money(
    reply: &Reply,
    (customer, grow_id): (i64, &str),
    amount: i64,
    kind: TransferKind,
    external_id: &str,
) -> Result<(), ReplyError> {
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let max = reply.bot.config().shop.currency.max_balance;
    let outcome = adjust_balance(store, shop, customer, amount, kind, external_id, max, &actor).await?;
    let name = ("growId", escape(grow_id).into());
    let (before, after) = match outcome {
        Adjustment::Done { balance, before } => (before, balance),
        Adjustment::AlreadyDone { balance } => (balance, balance),
        Adjustment::AboveCap { balance, max } => {
            let arguments =
                [name, ("balance", reply.money(balance).into()), ("max", reply.money(max).into())];
            return Err(reply.refusal("admin-balance-cap", &arguments));
        }
        Adjustment::TooLow { balance } => {
            let amount = reply.money(-amount).into();
            let arguments = [name, ("balance", reply.money(balance).into()), ("amount", amount)];
            return Err(reply.refusal("admin-balance-low", &arguments));
        }
        Adjustment::UnknownCustomer => return Err(people::unknown(reply, grow_id)),
    };
    let key = if amount < 0 { "admin-balance-removed" } else { "admin-balance-done" };
    let arguments = [
        name,
        ("before", reply.money(before).into()),
        ("after", reply.money(after).into()),
        ("amount", reply.money(amount.abs()).into()),
    ];
    done(reply, key, &arguments).await
}

/// Asks whether to set a balance to 0.
pub async fn reset(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let customer = people::find(reply, options).await?;
    let (balance, grow_id) = (customer.balance, customer.grow_id);
    let name = ("growId", escape(&grow_id).into());
    if balance == 0 {
        return Err(reply.refusal("admin-balance-empty", &[name]));
    }
    let question = reply.text("admin-reset-question", &[name, ("balance", reply.money(balance).into())]);
    let deed = Deed::ResetBalance { customer: customer.id, grow_id, balance };
    deed::question(reply, &deed, question, "button-reset").await
}

/// Sets it to 0, if it still is what was named.
pub async fn reset_confirmed(
    reply: &Reply,
    customer: i64,
    grow_id: &str,
    balance: i64,
    question: u64,
) -> Result<(), ReplyError> {
    // Taking exactly what was named away: what has come since stays, and what is gone is not taken twice.
    let external_id = question.to_string();
    move_money(reply, (customer, grow_id), -balance, TransferKind::AdminReset, &external_id).await
}

/// A customer's balance and newest movements.
pub async fn show(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let customer = people::find(reply, options).await?;
    let page = Page { before: None, limit: SHOWN };
    let moved = history(&reply.bot.store, reply.bot.shop, customer.id, page.before, page.limit).await?;
    let total = reply.text("balance-total", &[("total", reply.money(customer.balance).into())]);
    let mut lines = vec![format!("<@{}>", customer.user_id), total];
    if customer.blacklisted {
        lines.push(reply.text("admin-blacklisted", &[]));
    }
    lines.extend(moved.iter().map(|movement| line(reply, movement)));
    let title = reply.text("balance-title", &[("growId", escape(&customer.grow_id).into())]);
    reply.show(Card::new(Mood::Plain, lines.join("\n")).title(title)).await
}
