//! Is the bot in its guild, and has the guild the bot's commands? Known to the pod that owns the guild's shard; the others do not
//! speak of it.

use std::{sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBuilder};
use tokio::sync::watch;

use crate::{
    context::Bot,
    discord::session::not_a_member,
    interactions::command_set::{RegisterError, register},
};

/// Discord hands a guild's events to this shard (discord.md, Gateway).
const fn shard_of(guild: u64, total: u32) -> u64 {
    (guild >> 22) % total as u64
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum News {
    /// Another pod owns the shard.
    Elsewhere,
    /// The shard was taken over with its session, so nobody has said.
    Unknown,
    /// The bot is a member.
    Here,
    /// It is not.
    Gone,
}

/// The bot's guild.
pub struct Guild {
    id: u64,
    shard: u64,
    news: watch::Sender<News>,
}

impl Guild {
    /// A guild among `total` shards.
    pub fn new(id: u64, total: u32) -> Self {
        Self { id, shard: shard_of(id, total), news: watch::Sender::new(News::Elsewhere) }
    }

    /// A session of this shard has started; these are its guilds. Discord tells of each that is not in an outage by
    /// [`Self::here`] as well.
    pub fn listed(&self, shard: u32, guilds: &[u64]) {
        if u64::from(shard) == self.shard {
            let here = guilds.contains(&self.id);
            self.news.send_replace(if here { News::Here } else { News::Gone });
        }
    }

    /// A session of this shard goes on, and what happened meanwhile was told.
    pub fn resumed(&self, shard: u32) {
        let taken_over = |news: &mut News| {
            let before =
                std::mem::replace(news, if *news == News::Elsewhere { News::Unknown } else { *news });
            before == News::Elsewhere
        };
        if u64::from(shard) == self.shard {
            self.news.send_if_modified(taken_over);
        }
    }

    /// A guild is there.
    pub fn here(&self, guild: u64) {
        if guild == self.id {
            self.news.send_replace(News::Here);
        }
    }

    /// The bot was removed from a guild.
    pub fn gone(&self, guild: u64) {
        if guild == self.id {
            self.news.send_replace(News::Gone);
        }
    }

    /// This pod has let go of a shard.
    pub fn left(&self, shard: u32) {
        if u64::from(shard) == self.shard {
            self.news.send_replace(News::Elsewhere);
        }
    }

    /// Acts on news, and on a change of the commands, until the process stops.
    pub async fn follow(self: Arc<Self>, bot: Arc<Bot>) {
        let mut news = self.news.subscribe();
        let mut config = bot.config.clone();
        let mut delays = delays();
        loop {
            let most = config.borrow_and_update().shop.max_quantity;
            let now = *news.borrow_and_update();
            let again = match self.act(&bot, now, most).await {
                Ok(()) => {
                    delays = self::delays();
                    None
                }
                Err(error) => {
                    tracing::warn!(%error, guild = self.id, "it is tried again");
                    bot.state.failed(&error);
                    delays.next()
                }
            };
            tokio::select! {
                _ = news.changed() => {}
                _ = config.wait_for(|config| config.shop.max_quantity != most) => {}
                () = tokio::time::sleep(again.unwrap_or_default()), if again.is_some() => {}
                () = bot.stopping.cancelled() => return,
            }
        }
    }

    async fn act(&self, bot: &Bot, news: News, most: i32) -> Result<(), RegisterError> {
        let member = match news {
            News::Elsewhere => {
                bot.state.update(|status| status.guild_found = None);
                return Ok(());
            }
            News::Unknown => bot.rest.is_member_of(self.id).await?,
            News::Here => true,
            News::Gone => false,
        };
        bot.state.update(|status| status.guild_found = Some(member));
        if !member {
            tracing::warn!(guild = self.id, "the bot is not in its guild");
            bot.state.failed(not_a_member(self.id));
            return Ok(());
        }
        // What it showed there may have gone with the membership.
        bot.wakeups.display.notify_one();
        register(&bot.rest, bot.application, self.id, most).await
    }
}

fn delays() -> impl Iterator<Item = Duration> {
    let (least, most) = (Duration::from_secs(1), Duration::from_mins(1));
    ExponentialBuilder::new()
        .with_min_delay(least)
        .with_max_delay(most)
        .with_jitter()
        .without_max_times()
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUILD: u64 = 5 << 22;

    #[test]
    fn only_the_shard_of_the_guild_knows() {
        let guild = Guild::new(GUILD, 3);
        let news = || *guild.news.borrow();
        for shard in [0, 1] {
            guild.listed(shard, &[]);
            guild.resumed(shard);
        }
        assert_eq!(news(), News::Elsewhere);
        guild.resumed(2);
        assert_eq!(news(), News::Unknown, "it has to ask");
        guild.listed(2, &[1, GUILD]);
        guild.resumed(2);
        assert_eq!(news(), News::Here);
        guild.gone(1);
        assert_eq!(news(), News::Here);
        guild.gone(GUILD);
        guild.resumed(2);
        assert_eq!(news(), News::Gone, "a resume replays what was missed");
        guild.left(2);
        assert_eq!(news(), News::Elsewhere);
    }
}
