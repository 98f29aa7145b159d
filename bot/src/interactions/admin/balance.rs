//! `/balance-admin add`

use stockbot_store::{
    Adjustment, Customer, TransferKind,
    customers::{customer, customer_by_grow_id},
    ledger::adjust_balance,
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

/// Adds to a customer's balance.
pub async fn add(x: &Exchange, request: &Request, options: &Options<'_>) -> Result<(), Failure> {
    x.defer().await?;
    require_admin(x, request)?;
    let amount = amount(x, options, "amount")?;
    let customer = find(x, options.text("customer")).await?;
    let max = x.bot.config().shop.currency.max_balance;
    // The interaction's id makes a repeat recognisable.
    let external_id = x.id.to_string();
    let done = adjust_balance(
        &x.bot.store,
        x.bot.shop,
        customer.id,
        amount,
        TransferKind::AdminAdd,
        &external_id,
        max,
        &x.actor(),
    )
    .await?;
    let grow_id = ("growId", escape(&customer.grow_id).into());
    match done {
        Adjustment::Done { balance, before } => {
            let (before, after) = (x.money(before), x.money(balance));
            let arguments = [
                grow_id,
                ("before", before.into()),
                ("after", after.into()),
                ("amount", x.money(amount).into()),
            ];
            x.show(Card::new(Mood::Good, x.text("admin-balance-done", &arguments))).await
        }
        Adjustment::AlreadyDone { balance } => {
            let now: std::borrow::Cow<'_, str> = x.money(balance).into();
            let arguments =
                [grow_id, ("before", now.clone()), ("after", now), ("amount", x.money(amount).into())];
            x.show(Card::new(Mood::Good, x.text("admin-balance-done", &arguments))).await
        }
        Adjustment::AboveCap { balance, max } => Err(x.refusal(
            "admin-balance-cap",
            &[grow_id, ("balance", x.money(balance).into()), ("max", x.money(max).into())],
        )),
        // Adding never makes a balance too low; the customer may have been removed meanwhile.
        Adjustment::TooLow { .. } | Adjustment::UnknownCustomer => Err(unknown(x, &customer.grow_id)),
    }
}

/// A customer by GrowID in any case, or by mention or Discord id.
async fn find(x: &Exchange, given: &str) -> Result<Customer, Failure> {
    if let Some(found) = customer_by_grow_id(&x.bot.store, x.bot.shop, given).await? {
        return Ok(found);
    }
    let id = given.trim_start_matches("<@").trim_start_matches('!').trim_end_matches('>');
    let found = match id.parse() {
        Ok(user) => customer(&x.bot.store, x.bot.shop, user).await?,
        Err(_) => None,
    };
    found.ok_or_else(|| unknown(x, given))
}

fn unknown(x: &Exchange, given: &str) -> Failure {
    x.refusal("admin-customer-unknown", &[("customer", escape(given).into())])
}
