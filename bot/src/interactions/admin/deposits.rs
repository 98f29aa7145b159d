//! `/deposit`: money that arrived for nobody who is registered, or that a full balance could not take; given to a customer, once.

use stockbot_store::{
    Claim, DepositState, OpenDeposit,
    deposit_claims::{claim_deposit, open_deposits},
};

use super::{done, people, show_list};
use crate::{
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::escape,
};

/// More than fit a message.
const MOST: i64 = 200;

/// Gives a deposit to a customer.
pub async fn claim(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let given = options.text("deposit");
    let customer = people::find(reply, options).await?;
    let not_open = || reply.refusal("admin-deposit-closed", &[("deposit", escape(given).into())]);
    let deposit = given.parse().map_err(|_| not_open())?;
    let max = reply.bot.config().shop.currency.max_balance;
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let name = ("growId", escape(&customer.grow_id).into());
    match claim_deposit(store, shop, deposit, customer.id, max, &actor).await? {
        Claim::Done { deposit, balance } => {
            let (amount, balance) = (reply.money(deposit.amount), reply.money(balance));
            let arguments = [
                name,
                ("deposit", deposit.id.to_string().into()),
                ("amount", amount.into()),
                ("balance", balance.into()),
            ];
            done(reply, "admin-deposit-claimed", &arguments).await
        }
        Claim::NotOpen => Err(not_open()),
        Claim::AboveCap { balance } => {
            let (balance, max) = (reply.money(balance), reply.money(max));
            Err(reply.refusal("admin-balance-cap", &[name, ("balance", balance.into()), ("max", max.into())]))
        }
        Claim::UnknownCustomer => Err(people::unknown(reply, &customer.grow_id)),
    }
}

/// Deposits that wait.
pub async fn list(reply: &Reply) -> Result<(), ReplyError> {
    let open = open_deposits(&reply.bot.store, reply.bot.shop, MOST).await?;
    let line = |deposit: &OpenDeposit| {
        let why = match deposit.state {
            DepositState::AboveCap => "admin-deposit-above-cap",
            _ => "admin-deposit-unclaimed",
        };
        let (name, amount) = (escape(&deposit.grow_id), reply.money(deposit.amount));
        format!("`{}` · {name} · {amount} · {}", deposit.id, reply.text(why, &[]))
    };
    let lines: Vec<String> = open.iter().map(line).collect();
    show_list(reply, "admin-deposits-title", "admin-deposits-empty", &lines).await
}
