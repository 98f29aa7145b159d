//! Commands of the shop's administrators: who may use them, and what they were given. Each is audited by the store.

pub mod balance;
pub mod product;
pub mod stock;

use super::{exchange::Exchange, failure::Failure, options::Options, visitor::Request};

/// Refuses everybody but the administrators of `spec.shop.admins`; Discord's own permissions only hide commands.
pub fn require_admin(x: &Exchange, request: &Request) -> Result<(), Failure> {
    let config = x.bot.config();
    let admins = &config.shop.admins;
    let by_user = admins.users.iter().any(|user| user.get() == request.user);
    let by_role = admins.roles.iter().any(|role| request.roles.contains(&role.get()));
    if by_user || by_role { Ok(()) } else { Err(x.refusal("refuse-not-admin", &[])) }
}

/// An amount of money greater than 0, as entered in the option `name`.
pub fn amount(x: &Exchange, options: &Options<'_>, name: &str) -> Result<i64, Failure> {
    let given = options.text(name);
    let parsed = stockbot_store::money::parse(given, &x.bot.config().shop.currency);
    let amount =
        parsed.map_err(|_| x.refusal("admin-amount", &[("given", crate::texts::escape(given).into())]))?;
    if amount == 0 { Err(x.refusal("admin-amount-zero", &[])) } else { Ok(amount) }
}
