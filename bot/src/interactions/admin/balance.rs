//! `/balance-admin add`

use stockbot_store::{Adjustment, Customer, TransferKind, customers::customer, ledger::adjust_balance};

use super::{amount, require_admin};
use crate::{
    cards::{Card, Mood},
    interactions::{error::ReplyError, options::Options, reply::Reply, request::Request},
    texts::escape,
};

/// Adds to a customer's balance.
pub async fn add(reply: &Reply, request: &Request, options: &Options<'_>) -> Result<(), ReplyError> {
    reply.defer().await?;
    require_admin(reply, request)?;
    let amount = amount(reply, options, "amount")?;
    let customer = find(reply, options.text("customer")).await?;
    let max = reply.bot.config().shop.currency.max_balance;
    // The interaction's id makes a repeat recognisable.
    let external_id = reply.id.to_string();
    let done = adjust_balance(
        &reply.bot.store,
        reply.bot.shop,
        customer.id,
        amount,
        TransferKind::AdminAdd,
        &external_id,
        max,
        &reply.actor(),
    )
    .await?;
    let grow_id = ("growId", escape(&customer.grow_id).into());
    match done {
        Adjustment::Done { balance, before } => {
            let (before, after) = (reply.money(before), reply.money(balance));
            let arguments = [
                grow_id,
                ("before", before.into()),
                ("after", after.into()),
                ("amount", reply.money(amount).into()),
            ];
            reply.show(Card::new(Mood::Good, reply.text("admin-balance-done", &arguments))).await
        }
        Adjustment::AlreadyDone { balance } => {
            let now: std::borrow::Cow<'_, str> = reply.money(balance).into();
            let arguments =
                [grow_id, ("before", now.clone()), ("after", now), ("amount", reply.money(amount).into())];
            reply.show(Card::new(Mood::Good, reply.text("admin-balance-done", &arguments))).await
        }
        Adjustment::AboveCap { balance, max } => Err(reply.refusal(
            "admin-balance-cap",
            &[grow_id, ("balance", reply.money(balance).into()), ("max", reply.money(max).into())],
        )),
        // Adding never makes a balance too low; the customer may have been removed meanwhile.
        Adjustment::TooLow { .. } | Adjustment::UnknownCustomer => Err(unknown(reply, &customer.grow_id)),
    }
}

/// A customer by GrowID in any case, or by mention or Discord id.
async fn find(reply: &Reply, given: &str) -> Result<Customer, ReplyError> {
    if let Some(found) = reply.customer_named(given).await? {
        return Ok(found);
    }
    let id = given.trim_start_matches("<@").trim_start_matches('!').trim_end_matches('>');
    let found = match id.parse() {
        Ok(user) => customer(&reply.bot.store, reply.bot.shop, user).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| unknown(reply, given))
}

fn unknown(reply: &Reply, given: &str) -> ReplyError {
    reply.refusal("admin-customer-unknown", &[("customer", escape(given).into())])
}
