//! Cards that only tell: help and the deposit world.

use super::{
    card::{Card, Mood},
    exchange::Exchange,
    failure::Failure,
};

/// What each button does.
pub async fn show(x: &Exchange) -> Result<(), Failure> {
    x.show(Card::new(Mood::Plain, x.text("help-body", &[])).title(x.text("help-title", &[]))).await
}

/// Where to deposit. No command sets a world yet, so there is none to name.
pub async fn world(x: &Exchange) -> Result<(), Failure> {
    x.show(Card::new(Mood::Plain, x.text("world-none", &[])).title(x.text("button-world", &[]))).await
}
