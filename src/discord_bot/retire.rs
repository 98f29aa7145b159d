//! The end of a bot: its pods remove its live messages before it goes. Bounded, so that no deletion ever hangs: what is left then
//! is told in an event, with where it is. Must not: hold up a bot that shows nothing.

use std::sync::Arc;

use k8s_openapi::jiff::{SignedDuration, Timestamp};
use kube::ResourceExt as _;
use stockbot_config::status::BotStatus;

use super::{
    apply::configure,
    build::config_map,
    fetch::{Fetched, Pod, watched},
    validate::validate,
};
use crate::{
    api::{DiscordBot, StockDisplay},
    cluster::{cache::Key, context::Context},
};

/// Longest time from the deletion to the end, whatever is left.
pub const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// How far the end of a bot, or of a display, is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// Its pods still remove messages.
    Waiting,
    /// Nothing is left.
    Done,
    /// Nobody will remove any more what is left: this.
    LeftBehind(String),
}

/// One look at a bot that is being deleted: its pods are told to show nothing, and say how far they are.
pub async fn look(context: &Context, key: &Key, bot: &DiscordBot, now: Timestamp) -> Retirement {
    let fetched = watched(context, key, bot);
    let found = judge(bot, &fetched.displays, &fetched.pods, now);
    if found == Retirement::Waiting {
        show_nothing(context, key, bot, fetched).await;
    }
    found
}

/// Writes the bot's configuration without a display. Whether that works or not, the time is bounded.
async fn show_nothing(context: &Context, key: &Key, bot: &DiscordBot, fetched: Fetched) {
    // A stopped bot is valid without its Secrets, which may be gone already.
    let mut last = bot.clone();
    last.spec.running = false;
    let fetched = Fetched { displays: Vec::new(), ..fetched };
    let Ok(validated) = validate(key, &last, fetched, &context.process.defaults) else { return };
    let Ok(config_map) = config_map::build(&validated) else { return };
    let uid = bot.metadata.uid.as_deref().unwrap_or_default();
    if let Err(error) = configure(context, key, uid, &config_map).await {
        let Key { namespace, name } = key;
        tracing::warn!(namespace, name, %error, "the bot cannot be told to remove its live messages");
    }
}

/// How far a bot is whose deletion has begun, from what its pods say and what its displays have shown.
fn judge(bot: &DiscordBot, displays: &[Arc<StockDisplay>], pods: &[Pod], now: Timestamp) -> Retirement {
    let begun = bot.metadata.deletion_timestamp.as_ref().map_or(now, |time| time.0);
    let running: Vec<&Pod> = pods.iter().filter(|pod| pod.state.probe_address().is_some()).collect();
    let said = running.iter().filter_map(|pod| pod.report.as_ref()?.status.as_deref());
    let told: Vec<&BotStatus> = said.filter(|status| status.left_behind.is_some()).collect();
    if told
        .iter()
        .any(|status| status.displays.is_empty() && status.left_behind.as_ref().is_some_and(Vec::is_empty))
    {
        return Retirement::Done;
    }
    if !running.is_empty() && now.duration_since(begun) < PATIENCE {
        return Retirement::Waiting;
    }
    let left: Vec<String> =
        match told.iter().filter_map(|status| status.left_behind.as_ref()).flatten().collect::<Vec<_>>() {
            known if known.is_empty() => displays.iter().filter_map(|display| shown(display)).collect(),
            known => known
                .iter()
                .map(|left| format!("of StockDisplay {} ({})", left.display, left.message))
                .collect(),
        };
    if left.is_empty() { Retirement::Done } else { Retirement::LeftBehind(left.join(", ")) }
}

/// Where the message of a display is, if it has one.
fn shown(display: &StockDisplay) -> Option<String> {
    let url = display.status.as_ref()?.message_url.as_ref()?;
    Some(format!("of StockDisplay {} at {url}", display.name_any()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::StockDisplayStatus,
        discord_bot::fixtures::{bot, display, pod, running},
    };
    use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
    use stockbot_config::status::{DisplayStatus, LeftBehind};

    const DELETED: i64 = 1_800_000_000;

    /// What is found that many seconds after the deletion, of a pod that says that.
    fn found(seconds: i64, says: Option<BotStatus>) -> Retirement {
        let at = |seconds| Timestamp::from_second(DELETED + seconds).unwrap();
        let mut bot = bot("");
        bot.metadata.deletion_timestamp = Some(Time(at(0)));
        let mut display = (*display("main", 1_100_000_000_000_000_010, 1)).clone();
        let url = Some("https://discord.com/channels/1/2/3".into());
        display.status = Some(StockDisplayStatus { message_url: url, ..StockDisplayStatus::default() });
        let pods: Vec<Pod> = says.map(|status| pod(running(), Some(status))).into_iter().collect();
        judge(&bot, &[Arc::new(display)], &pods, at(seconds))
    }

    fn left(problem: &str) -> LeftBehind {
        LeftBehind {
            display: "main".into(),
            channel_id: "2".into(),
            message_id: None,
            message: problem.into(),
        }
    }

    #[test]
    fn a_bot_goes_when_its_publishing_pod_says_that_nothing_is_left() {
        let nothing = BotStatus { left_behind: Some(Vec::new()), ..BotStatus::default() };
        assert_eq!(found(1, Some(nothing.clone())), Retirement::Done);
        let told: DisplayStatus = serde_json::from_value(
            serde_json::json!({"name": "main", "settingsHash": "x", "state": "Published"}),
        )
        .unwrap();
        let still_shows = BotStatus { displays: vec![told], ..nothing };
        assert_eq!(found(1, Some(still_shows)), Retirement::Waiting);
        assert_eq!(
            found(1, Some(BotStatus::default())),
            Retirement::Waiting,
            "a standby knows nothing of messages"
        );
    }

    #[test]
    fn nothing_waits_longer_than_half_a_minute_and_what_is_left_is_told_with_its_place() {
        let stuck = BotStatus { left_behind: Some(vec![left("Missing Access")]), ..BotStatus::default() };
        assert_eq!(found(29, Some(stuck.clone())), Retirement::Waiting);
        let told = Retirement::LeftBehind("of StockDisplay main (Missing Access)".into());
        assert_eq!(found(30, Some(stuck)), told);
        let place =
            Retirement::LeftBehind("of StockDisplay main at https://discord.com/channels/1/2/3".into());
        assert_eq!(found(30, Some(BotStatus::default())), place);
        assert_eq!(found(0, None), place, "no pod runs that could remove it");
    }
}
