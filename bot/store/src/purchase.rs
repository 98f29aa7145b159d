//! The purchase: one transaction that takes the money, hands out the units and writes down what Discord is owed.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use stockbot_config::Locale;

use crate::{
    Order, OutboxJob, SalePayload, ShopId, Store, StoreError,
    sale::{self, Claim},
};

/// After a lost connection: how long the outcome of the commit is asked for.
const LOOK_UP: Duration = Duration::from_secs(5);
/// Pause before asking again.
const PAUSE: Duration = Duration::from_millis(200);
/// How often a purchase gives way to others before it tells the buyer to try again.
const ATTEMPTS: u32 = 8;

/// What to do after the sale besides delivering and confirming it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PurchaseEffects {
    /// Channel of the public post.
    pub history_channel: Option<u64>,
    /// Channel of the log line.
    pub log_channel: Option<u64>,
    /// Guild and role that the buyer is given.
    pub role: Option<(u64, u64)>,
}

/// A confirmed purchase. Price and quantity are what the buyer was shown.
#[derive(Clone)]
pub struct PurchaseRequest {
    /// The interaction that confirmed; it can buy once.
    pub interaction_id: u64,
    /// The confirmation that was pressed: the interaction that showed it. One confirmation buys at most once.
    pub confirmation_id: u64,
    /// Buyer.
    pub user_id: u64,
    /// Product code in any case.
    pub code: String,
    /// Units.
    pub quantity: i64,
    /// Price of one that was shown.
    pub unit_price: i64,
    /// The shop's limit on `quantity`.
    pub max_quantity: i64,
    /// Selling bot, `<namespace>/<name>`; it delivers.
    pub bot: String,
    /// Its Discord application.
    pub application_id: u64,
    /// Token of the interaction; works for 15 minutes.
    pub token: String,
    /// The buyer's language.
    pub locale: Locale,
    /// What to do after the sale.
    pub effects: PurchaseEffects,
    /// The configuration closes the shop, for this reason.
    pub maintenance_forced: Option<String>,
    /// Who delivers at once; `None`: whoever finds the jobs.
    pub deliverer: Option<Deliverer>,
}

/// Who holds the delivery and the receipt of a sale from the moment it is made. It is as if the send had begun in that moment: a
/// successor looks first whether it has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deliverer {
    /// The pod.
    pub owner: String,
    /// For how long.
    pub lease: Duration,
}

impl std::fmt::Debug for PurchaseRequest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PurchaseRequest")
            .field("interaction_id", &self.interaction_id)
            .field("user_id", &self.user_id)
            .field("code", &self.code)
            .field("quantity", &self.quantity)
            .field("unit_price", &self.unit_price)
            .field("bot", &self.bot)
            .finish_non_exhaustive()
    }
}

/// What the buyer got.
#[derive(Clone, PartialEq)]
pub struct Receipt {
    /// The order.
    pub order: Order,
    /// Balance after this order.
    pub balance: i64,
    /// The goods, oldest first.
    pub units: Vec<String>,
    /// What the [`Deliverer`] holds.
    pub held: Option<Box<Held>>,
}

/// The jobs that the [`Deliverer`] of a sale holds.
#[derive(Clone, PartialEq)]
pub struct Held {
    /// The goods.
    pub delivery: OutboxJob,
    /// The final reply.
    pub receipt: OutboxJob,
    /// What both are for.
    pub payload: SalePayload,
    /// The direct channel with the buyer, if it was opened before.
    pub direct_channel: Option<u64>,
}

impl std::fmt::Debug for Receipt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receipt")
            .field("order", &self.order)
            .field("balance", &self.balance)
            .finish_non_exhaustive()
    }
}

/// Why nothing was sold; amounts in the smallest denomination.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Refusal {
    NotRegistered,
    Blacklisted,
    Maintenance {
        reason: String,
    },
    UnknownProduct,
    Inactive,
    PriceChanged {
        now: i64,
    },
    BadQuantity {
        max: i64,
    },
    OutOfStock {
        left: i64,
        asked: i64,
    },
    BalanceTooLow {
        balance: i64,
        total: i64,
    },
    /// Another click on the same confirmation bought.
    AlreadyConfirmed {
        order_id: String,
    },
}

/// Outcome of [`purchase`].
#[derive(Clone, Debug, PartialEq)]
pub enum PurchaseOutcome {
    /// Sold now.
    Bought(Receipt),
    /// This interaction bought before; the same receipt.
    Repeated(Receipt),
    /// Nothing happened.
    Refused(Refusal),
}

/// Sells, or refuses and changes nothing. Calling it again with the same interaction never sells twice.
///
/// When the connection is lost while committing, it asks for the order of this interaction (for at most 5 s), and sells only if
/// there is none. [`StoreError::CommitUnknown`] means that even asking failed: call it again once the database is back.
pub async fn purchase(
    store: &Store,
    shop: ShopId,
    request: &PurchaseRequest,
) -> Result<PurchaseOutcome, StoreError> {
    let start = Instant::now();
    let (mut claim, mut gave_way, mut lost) = (Claim::SkipLocked, 0, None);
    loop {
        let error = match sale::attempt(store, shop, request, claim).await {
            // The lost commit had arrived: it was this call that bought.
            Ok(Some(PurchaseOutcome::Repeated(receipt))) if lost.is_some() => {
                return Ok(PurchaseOutcome::Bought(receipt));
            }
            Ok(Some(outcome)) => return Ok(outcome),
            Ok(None) => {
                claim = Claim::Wait;
                StoreError::Busy("others are buying the same units".into())
            }
            Err(error) => error,
        };
        match error {
            StoreError::CommitUnknown(why) => lost = Some(why),
            // Gave way to others, or drew the id of another order: nothing happened.
            StoreError::Busy(_) | StoreError::Outdated(_) | StoreError::Conflict(_)
                if gave_way < ATTEMPTS =>
            {
                gave_way += 1;
                continue;
            }
            StoreError::Unavailable(_) | StoreError::Busy(_) if lost.is_some() => {}
            error => return Err(error),
        }
        if start.elapsed() >= LOOK_UP {
            return Err(StoreError::CommitUnknown(lost.unwrap_or_default()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
