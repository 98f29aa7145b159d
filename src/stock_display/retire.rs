//! The end of a display: its bot removes the live message before the display goes. Bounded, so that no deletion ever hangs: what is
//! left then is told. Must not: do I/O.

use k8s_openapi::jiff::Timestamp;
use kube::ResourceExt as _;
use stockbot_config::status::BotStatus;

use crate::{
    api::{DiscordBot, StockDisplay, names},
    discord_bot::{
        fetch::Pod,
        retire::{PATIENCE, Retirement},
    },
};

/// The finalizer that a display should have; `held` is whether it has it, `shown` whether its bot says that it has a message.
/// A display that nobody could remove the message of is not held.
#[must_use]
pub fn finalizer(held: bool, bot: Option<&DiscordBot>, pods: &[Pod], shown: bool) -> Option<&'static str> {
    let idle = bot.is_none_or(|bot| bot.spec.wanted() == 0 && pods.is_empty());
    ((held || shown) && !idle).then_some(names::LIVE_MESSAGES)
}

/// How far a display is whose deletion has begun, from what the pods of its bot say.
#[must_use]
pub fn judge(display: &StockDisplay, bot: Option<&DiscordBot>, pods: &[Pod], now: Timestamp) -> Retirement {
    // A bot that goes removes all its messages, and tells which it could not.
    let Some(bot) = bot else { return Retirement::Done };
    let name = display.name_any();
    let running: Vec<&Pod> = pods.iter().filter(|pod| pod.state.probe_address().is_some()).collect();
    let said = running.iter().filter_map(|pod| pod.report.as_ref()?.status.as_deref());
    // Only the pod that publishes knows what is left, and only when it has looked since the configuration changed.
    let told: Vec<&BotStatus> = said.filter(|status| status.left_behind.is_some()).collect();
    let left = |status: &&BotStatus| {
        let behind = status.left_behind.iter().flatten().find(|behind| behind.display == name);
        behind.map(|behind| behind.message.clone())
    };
    let is_gone = |status: &&BotStatus| {
        left(status).is_none() && status.displays.iter().all(|shown| shown.name != name)
    };
    if told.iter().any(is_gone) {
        return Retirement::Done;
    }
    let begun = display.metadata.deletion_timestamp.as_ref().map_or(now, |time| time.0);
    let could_run = !running.is_empty() || bot.spec.wanted() > 0;
    if could_run && now.duration_since(begun) < PATIENCE {
        return Retirement::Waiting;
    }
    let place = display.status.as_ref().and_then(|status| status.message_url.clone()).unwrap_or_default();
    let why =
        told.iter().find_map(left).unwrap_or_else(|| "no pod of the bot has told that it is gone".into());
    Retirement::LeftBehind(format!("{place} ({why})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::StockDisplayStatus,
        discord_bot::fixtures::{bot, display, pod, running},
    };
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use serde_json::json;

    const DELETED: i64 = 1_800_000_000;

    /// What is found that many seconds after the deletion, of a bot with `more` in its spec whose pod says that.
    fn found(seconds: i64, more: &str, says: Option<BotStatus>) -> Retirement {
        let at = |seconds| Timestamp::from_second(DELETED + seconds).unwrap();
        let mut display = (*display("main", 1_100_000_000_000_000_010, 1)).clone();
        display.metadata.deletion_timestamp = Some(Time(at(0)));
        let url = Some("https://discord.com/channels/1/2/3".into());
        display.status = Some(StockDisplayStatus { message_url: url, ..StockDisplayStatus::default() });
        let pods: Vec<Pod> = says.map(|status| pod(running(), Some(status))).into_iter().collect();
        judge(&display, Some(&bot(more)), &pods, at(seconds))
    }

    fn says(document: serde_json::Value) -> Option<BotStatus> {
        serde_json::from_value(document).unwrap()
    }

    #[test]
    fn a_display_goes_when_the_publishing_pod_knows_nothing_of_it_any_more() {
        let shown = |name| json!([{"name": name, "settingsHash": "x", "state": "Published"}]);
        let published = says(json!({"displays": shown("main"), "leftBehind": []}));
        assert_eq!(found(1, "", published), Retirement::Waiting);
        let removed = says(json!({"displays": shown("other"), "leftBehind": []}));
        assert_eq!(found(1, "", removed), Retirement::Done);
        let has_not_looked = says(json!({"displays": shown("other")}));
        assert_eq!(found(1, "", has_not_looked), Retirement::Waiting);
    }

    #[test]
    fn nothing_waits_longer_than_half_a_minute_and_what_is_left_is_told_with_its_place() {
        let behind = json!({"display": "main", "channelId": "2", "message": "Missing Access"});
        let stuck = says(json!({"leftBehind": [behind]}));
        assert_eq!(found(29, "", stuck.clone()), Retirement::Waiting);
        let told = |why| Retirement::LeftBehind(format!("https://discord.com/channels/1/2/3 ({why})"));
        assert_eq!(found(30, "", stuck), told("Missing Access"));
        let silent = "no pod of the bot has told that it is gone";
        assert_eq!(found(29, "", None), Retirement::Waiting, "a pod may come");
        assert_eq!(found(30, "", None), told(silent));
        assert_eq!(found(0, "  running: false\n", None), told(silent), "none will come");
    }

    #[test]
    fn only_a_display_whose_bot_could_remove_its_message_is_held() {
        let (runs, stopped) = (bot(""), bot("  running: false\n"));
        let pods = [pod(running(), None)];
        let held = |held, bot, pods: &[Pod], shown| finalizer(held, bot, pods, shown).is_some();
        assert!(held(false, Some(&runs), &pods, true));
        assert!(!held(false, Some(&runs), &pods, false), "nothing is shown yet");
        assert!(held(true, Some(&runs), &[], false), "its pods come back");
        assert!(held(true, Some(&stopped), &pods, false), "its pods are still there");
        assert!(!held(true, Some(&stopped), &[], false));
        assert!(!held(true, None, &[], false));
    }
}
