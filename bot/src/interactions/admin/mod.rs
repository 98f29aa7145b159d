//! Commands of the shop's administrators: who may use them, and what they were given. Each is audited by the store.

pub mod balance;
pub mod product;
pub mod stock;
mod units;

use super::{error::ReplyError, options::Options, reply::Reply, request::Request};

/// Refuses everybody but the administrators of `spec.shop.admins`; Discord's own permissions only hide commands.
pub fn require_admin(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    let config = reply.bot.config();
    let admins = &config.shop.admins;
    let by_user = admins.users.iter().any(|user| user.get() == request.user);
    let by_role = admins.roles.iter().any(|role| request.roles.contains(&role.get()));
    if !by_user && !by_role {
        return Err(reply.refusal("refuse-not-admin", &[]));
    }
    reply.begin_change();
    Ok(())
}

/// An amount of money greater than 0, as entered in the option `name`.
pub fn amount(reply: &Reply, options: &Options<'_>, name: &str) -> Result<i64, ReplyError> {
    let given = options.text(name);
    let parsed = stockbot_store::money::parse(given, &reply.bot.config().shop.currency);
    let amount = parsed
        .map_err(|_| reply.refusal("admin-amount", &[("given", crate::texts::escape(given).into())]))?;
    if amount == 0 { Err(reply.refusal("admin-amount-zero", &[])) } else { Ok(amount) }
}
