//! Which customer an administrator means. Ids and mentions are Discord users, names are `GrowID`s; what could be both is refused.

use stockbot_store::{Customer, customers::customer};

use crate::{
    interactions::{error::ReplyError, options::Options, reply::Reply},
    texts::escape,
};

/// What was given as a customer.
#[derive(Debug, PartialEq, Eq)]
enum Meant<'a> {
    /// A Discord user.
    User(u64),
    /// A `GrowID`.
    Name(&'a str),
}

/// A Discord id has 15 to 20 digits; no `GrowID` is made of so many digits alone.
fn meant(given: &str) -> Meant<'_> {
    let mentioned = given.strip_prefix("<@").and_then(|rest| rest.strip_suffix('>'));
    let digits = mentioned.map_or(given, |inner| inner.strip_prefix('!').unwrap_or(inner));
    let is_id = mentioned.is_some() || (15..=20).contains(&digits.len());
    match digits.parse() {
        Ok(user) if is_id && digits.bytes().all(|b| b.is_ascii_digit()) => Meant::User(user),
        _ => Meant::Name(given),
    }
}

/// The customer of the option `customer`.
pub async fn find(reply: &Reply, options: &Options<'_>) -> Result<Customer, ReplyError> {
    let given = options.text("customer");
    let (store, shop) = (&reply.bot.store, reply.bot.shop);
    let found = match meant(given) {
        Meant::Name(name) => reply.customer_named(name).await?,
        Meant::User(user) => {
            let by_id = customer(store, shop, user).await?;
            // Registered by an earlier release, which took names like ids.
            match reply.customer_named(given).await? {
                Some(named) if by_id.as_ref().is_none_or(|by_id| by_id.id != named.id) => {
                    let id = [("customer", escape(given).into())];
                    return Err(reply.refusal("admin-customer-both", &id));
                }
                _ => by_id,
            }
        }
    };
    found.ok_or_else(|| unknown(reply, given))
}

/// Nobody like that is registered.
pub fn unknown(reply: &Reply, given: &str) -> ReplyError {
    reply.refusal("admin-customer-unknown", &[("customer", escape(given).into())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_and_mentions_are_users_and_everything_else_is_a_name() {
        let id = 110_000_000_000_000_001;
        for text in ["110000000000000001", "<@110000000000000001>", "<@!110000000000000001>"] {
            assert_eq!(meant(text), Meant::User(id), "{text}");
        }
        for text in ["Grower", "12345678901234", "99999999999999999999", "<@>", "<@&1>", "<@1", ""] {
            assert_eq!(meant(text), Meant::Name(text), "{text}");
        }
    }
}
