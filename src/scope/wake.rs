//! Who is woken by what. Pure: an event, what was known before and what is known now, give the objects to reconcile.

use std::collections::BTreeSet;

use kube::Resource as _;
use stockbot_config::Snowflake;

use crate::{
    api::{DiscordBot, DiscordBotSpec, StockDisplay},
    cluster::cache::Key,
    discord_bot::mounted::mounted,
};

/// The objects to reconcile.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Woken {
    /// `DiscordBot` objects.
    pub bots: BTreeSet<Key>,
    /// `StockDisplay` objects.
    pub displays: BTreeSet<Key>,
}

/// A bot came, changed or went: it concerns the bot and the displays bound to it.
#[must_use]
pub fn by_bot(bot: &Key, bound: impl Fn(&Key) -> Vec<Key>) -> Woken {
    Woken { bots: [bot.clone()].into(), displays: bound(bot).into_iter().collect() }
}

/// A display came, changed or went (`now` is `None`). What its bots and their other displays see of it is the binding
/// alone: the old bot has to let it go, the new one to take it, and for those in its channel that may have become free, or taken.
#[must_use]
pub fn by_display(
    display: &Key,
    before: Option<&StockDisplay>,
    now: Option<&StockDisplay>,
    bound_in: impl Fn(&Key, Snowflake) -> Vec<Key>,
) -> Woken {
    let mut woken = Woken { displays: [display.clone()].into(), ..Woken::default() };
    let (before, now) = (before.map(binding), now.map(binding));
    if before == now {
        return woken;
    }
    for (bot, channel, _) in before.into_iter().chain(now) {
        let bot = Key::new(&display.namespace, bot);
        woken.displays.extend(bound_in(&bot, channel));
        woken.bots.insert(bot);
    }
    woken
}

/// What others see of a display: its bot, its channel and its settings; of one that is being deleted, that it goes.
fn binding(display: &StockDisplay) -> (&str, Snowflake, Option<i64>) {
    let meta = display.meta();
    let generation = meta.generation.filter(|_| meta.deletion_timestamp.is_none());
    (&display.spec.bot_ref.name, display.spec.settings.channel_id, generation)
}

/// A Secret changed: it concerns the bots that mount it.
pub fn by_secret<'a>(secret: &Key, bots: impl Iterator<Item = &'a DiscordBot>) -> Woken {
    let mounts = |bot: &&DiscordBot| {
        bot.meta().namespace.as_ref() == Some(&secret.namespace)
            && secrets_of(&bot.spec).any(|name| name == secret.name)
    };
    Woken { bots: bots.filter(mounts).map(Key::of).collect(), ..Woken::default() }
}

/// Names of the Secrets that a bot mounts.
pub fn secrets_of(spec: &DiscordBotSpec) -> impl Iterator<Item = String> {
    mounted(spec).into_iter().map(|file| file.secret)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discord_bot::fixtures::{bot, display, key};

    const CHANNEL: u64 = 1_100_000_000_000_000_010;

    fn named(name: &str) -> Key {
        Key::new("shops", name)
    }

    /// Every bot has two displays.
    fn bound(bot: &Key) -> Vec<Key> {
        ["first", "second"].map(|display| named(&format!("{display}-of-{}", bot.name))).into()
    }

    /// One of them in each channel.
    fn bound_in(bot: &Key, channel: Snowflake) -> Vec<Key> {
        vec![named(&format!("{channel}-of-{}", bot.name))]
    }

    fn of_bots(bots: &[(&str, u64)], also: &str) -> Woken {
        let in_channel = |(bot, channel): &(&str, u64)| named(&format!("{channel}-of-{bot}"));
        let displays = bots.iter().map(in_channel).chain([named(also)]).collect();
        Woken { bots: bots.iter().map(|(bot, _)| named(bot)).collect(), displays }
    }

    #[test]
    fn a_bot_wakes_itself_and_its_displays() {
        let woken = by_bot(&key(), bound);
        assert_eq!(woken.bots, [key()].into());
        assert_eq!(woken.displays, bound(&key()).into_iter().collect());
    }

    #[test]
    fn a_display_that_changes_its_bot_wakes_the_old_and_the_new_one_and_their_displays_in_its_channel() {
        let before = display("main", CHANNEL, 1);
        let mut now = (*before).clone();
        now.spec.bot_ref.name = "other".into();
        let woken = by_display(&named("main"), Some(&before), Some(&now), bound_in);
        assert_eq!(woken, of_bots(&[("growshop", CHANNEL), ("other", CHANNEL)], "main"));
    }

    #[test]
    fn a_display_that_changes_its_channel_wakes_those_in_the_old_and_the_new_one() {
        let (before, now) = (display("main", CHANNEL, 1), display("main", CHANNEL + 1, 1));
        let woken = by_display(&named("main"), Some(&before), Some(&now), bound_in);
        assert_eq!(woken, of_bots(&[("growshop", CHANNEL), ("growshop", CHANNEL + 1)], "main"));
    }

    #[test]
    fn a_display_that_comes_changes_its_spec_is_being_deleted_or_goes_wakes_its_bot() {
        let display = display("main", CHANNEL, 1);
        let mut changed = (*display).clone();
        changed.metadata.generation = Some(2);
        let mut going = (*display).clone();
        going.metadata.deletion_timestamp = Some(k8s_openapi::apimachinery::pkg::apis::meta::v1::Time(
            k8s_openapi::jiff::Timestamp::UNIX_EPOCH,
        ));
        for (before, now) in [
            (None, Some(&*display)),
            (Some(&*display), Some(&changed)),
            (Some(&*display), Some(&going)),
            (Some(&*display), None),
        ] {
            let woken = by_display(&named("main"), before, now, bound_in);
            assert_eq!(woken, of_bots(&[("growshop", CHANNEL)], "main"), "{before:?} -> {now:?}");
        }
    }

    #[test]
    fn a_display_whose_status_alone_changed_wakes_nobody_else() {
        let before = display("main", CHANNEL, 1);
        let mut now = (*before).clone();
        now.status = Some(crate::api::StockDisplayStatus::default());
        let woken = by_display(&named("main"), Some(&before), Some(&now), bound_in);
        assert_eq!(woken, of_bots(&[], "main"));
    }

    #[test]
    fn a_secret_wakes_the_bots_that_mount_it() {
        let bots = [bot(""), bot("")];
        let woken = |name| by_secret(&named(name), bots.iter()).bots;
        assert_eq!(woken("shop-postgres"), [key()].into());
        assert!(woken("another").is_empty());
        assert!(by_secret(&Key::new("elsewhere", "shop-postgres"), bots.iter()).bots.is_empty());
    }
}
