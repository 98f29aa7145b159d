//! Hands a deposit to the store, and has the deposit channel and the log channel told what became of it.

use stockbot_store::{
    Actor, DepositOutcome, NewDeposit, StoreError,
    deposits::{Teller, deposit},
    money,
};

use crate::{
    context::Bot,
    texts::{escape, text},
};

/// Credits the deposit or keeps it.
pub async fn credit(bot: &Bot, new: &NewDeposit) -> Result<DepositOutcome, StoreError> {
    let config = bot.config();
    let actor = Actor { user_id: bot.user, name: "deposits".into() };
    let (deposits, log) = (config.shop.channels.deposits.0, config.shop.channels.log.0);
    let lines = |outcome: &DepositOutcome| {
        let said = |key: &str| say(bot, key, new, outcome);
        let (reply, line) = (said(keys(outcome).0), said(keys(outcome).1));
        let told = [(deposits, reply), (log.filter(|log| Some(*log) != deposits), line)];
        told.into_iter().filter_map(|(channel, text)| Some((channel?.get(), text))).collect()
    };
    let key = bot.key();
    let teller = Teller { bot: (&key, bot.application), lines: &lines };
    let max = config.shop.currency.max_balance;
    let outcome = deposit(&bot.store, bot.shop, new, max, &actor, &teller).await?;
    bot.metrics.deposits.with_label_values(&[label(&outcome)]).inc();
    bot.wakeups.outbox.notify_one();
    Ok(outcome)
}

/// The metric label, and the word that a signed request is answered with.
#[must_use]
pub fn label(outcome: &DepositOutcome) -> &'static str {
    match outcome {
        DepositOutcome::Credited { .. } => "credited",
        DepositOutcome::Unclaimed => "unclaimed",
        DepositOutcome::AboveCap { .. } => "above_cap",
        DepositOutcome::Unreadable => "unreadable",
        DepositOutcome::Known => "known",
    }
}

/// The texts for the deposit channel and the log channel.
fn keys(outcome: &DepositOutcome) -> (&'static str, &'static str) {
    match outcome {
        DepositOutcome::Credited { .. } => ("deposit-credited", "log-deposit-credited"),
        DepositOutcome::Unclaimed => ("deposit-unclaimed", "log-deposit-unclaimed"),
        DepositOutcome::AboveCap { .. } => ("deposit-above-cap", "log-deposit-above-cap"),
        DepositOutcome::Unreadable | DepositOutcome::Known => {
            ("deposit-unreadable", "log-deposit-unreadable")
        }
    }
}

fn say(bot: &Bot, key: &str, new: &NewDeposit, outcome: &DepositOutcome) -> String {
    let currency = &bot.config().shop.currency;
    let shown = |amount| money::format_exact(amount, currency).into();
    let (grow_id, amount) = new.read.clone().unwrap_or_default();
    let (user, balance) = match outcome {
        DepositOutcome::Credited { customer } | DepositOutcome::AboveCap { customer } => {
            (format!("<@{}>", customer.user_id), customer.balance)
        }
        _ => (String::new(), 0),
    };
    let arguments = [
        ("growId", escape(&grow_id).into()),
        ("user", user.into()),
        ("amount", shown(amount)),
        ("balance", shown(balance)),
        ("max", shown(currency.max_balance)),
        ("id", escape(&new.external_id).into()),
    ];
    text(bot.locale(), key, &arguments)
}
