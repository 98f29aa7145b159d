//! Are the shop's channels there? Asked when a pod starts and whenever they change, and again while something is wrong with one.
//! What only writing shows is told by who writes.

use std::{sync::Arc, time::Duration};

use stockbot_config::{MaybeId, Snowflake, shop::Channels};

use crate::{
    context::Bot,
    discord::{RestError, error::code},
};

/// How soon it is asked again.
const AGAIN: Duration = Duration::from_mins(1);

/// Each channel by the name that it has in the configuration.
fn named(channels: &Channels) -> [(&'static str, MaybeId); 4] {
    [
        ("shop.channels.history", channels.history),
        ("shop.channels.log", channels.log),
        ("shop.channels.restock", channels.restock),
        ("shop.channels.deposits", channels.deposits),
    ]
}

/// What the status calls posts to a channel of that name.
pub fn posts_to(name: &str) -> String {
    format!("posts to {name}")
}

/// Runs until the process stops.
pub async fn follow(bot: Arc<Bot>) {
    let mut config = bot.config.clone();
    loop {
        let (guild, channels) = {
            let config = config.borrow_and_update();
            (config.guild_id, config.shop.channels.clone())
        };
        let mut all_is_well = true;
        for (name, channel) in named(&channels) {
            all_is_well &= look(&bot, guild, name, channel).await;
        }
        tokio::select! {
            _ = config.wait_for(|config| config.shop.channels != channels) => {
                for (name, _) in named(&channels) {
                    bot.state.trouble(&posts_to(name), None);
                }
            }
            () = tokio::time::sleep(AGAIN), if !all_is_well => {}
            () = bot.stopping.cancelled() => return,
        }
    }
}

/// Looks for a channel. `false`: it is not there, or Discord did not say.
async fn look(bot: &Bot, guild: Snowflake, name: &str, channel: MaybeId) -> bool {
    let Some(channel) = channel.0 else {
        bot.state.trouble(name, None);
        return true;
    };
    let problem = match bot.rest.guild_of(channel.get()).await {
        Ok(found) if found.as_deref() == Some(guild.to_string().as_str()) => None,
        Ok(_) => Some(format!("is not in guild {guild}")),
        Err(error) => match problem(&error) {
            Some(problem) => Some(problem.to_owned()),
            None => return false,
        },
    };
    let all_is_well = problem.is_none();
    bot.state.trouble(name, problem.map(|problem| words(name, channel.get(), &problem)));
    all_is_well
}

/// What is wrong with a channel, and what to do.
pub fn words(name: &str, channel: u64, problem: &str) -> String {
    format!("{name}: channel {channel} {problem}; correct {name}, or mend the channel")
}

/// What keeps a channel from being used; `None`: nothing that lasts.
pub fn problem(error: &RestError) -> Option<&'static str> {
    match error.code()? {
        code::UNKNOWN_CHANNEL => Some("does not exist"),
        code::MISSING_ACCESS => Some("is hidden from the bot, which needs View Channel there"),
        code::MISSING_PERMISSIONS => {
            Some("cannot be written to: the bot needs Send Messages and Embed Links there")
        }
        _ => None,
    }
}
