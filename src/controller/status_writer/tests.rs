//! What is written, when, and what a refusal means; the API server is a function.

use super::*;
use crate::{
    api::{DiscordBot, DiscordBotStatus, conditions::Finding, fixtures::bot, status::SessionStartsStatus},
    client::stub::{Stub, refusal},
};
use k8s_openapi::{apimachinery::pkg::apis::meta::v1::Time, jiff::Timestamp};

/// A writer whose API server takes everything.
fn writer() -> (StatusWriter<DiscordBot>, Stub) {
    let stub = Stub::new(|asked| (200, asked.body.clone()));
    let events = Events::new(stub.client.clone(), None);
    let metrics = Arc::new(Metrics::new().unwrap());
    (StatusWriter::new(stub.client.clone(), metrics, events), stub)
}

fn status(shop: &str, reason: &'static str) -> DiscordBotStatus {
    let ready = vec![Finding::new("Ready", Some(false), reason, "")];
    let conditions = conditions::merge(&[], ready, Some(1), Timestamp::UNIX_EPOCH);
    DiscordBotStatus { shop: shop.into(), conditions, ..DiscordBotStatus::default() }
}

#[tokio::test]
async fn a_written_status_counts_until_the_watch_brings_a_newer_object() {
    let ((writer, _), mut bot) = (writer(), bot(""));
    let (old, new) = (status("old", "PodsNotReady"), status("new", "Stalled"));
    bot.status = Some(old.clone());
    assert_eq!(writer.newest(&bot), old);
    assert_eq!(writer.write(&bot, &old, new.clone(), Timing::Settled).await.unwrap(), Next::Change);
    assert_eq!(writer.newest(&bot), new);
    bot.metadata.resource_version = Some("2".into());
    assert_eq!(writer.newest(&bot), old, "somebody else has written since");
}

#[tokio::test]
async fn the_status_of_an_object_that_is_gone_is_no_failure_and_no_event() {
    let stub = Stub::new(|_| refusal(404, "NotFound", "discordbots \"growshop\" not found"));
    let events = Events::new(stub.client.clone(), None);
    let writer = StatusWriter::new(stub.client.clone(), Arc::new(Metrics::new().unwrap()), events);
    let (old, new) = (DiscordBotStatus::default(), status("a", "Stalled"));
    let next = writer.write(&bot(""), &old, new, Timing::Settled).await.unwrap();
    assert_eq!((next, stub.asked().len()), (Next::Change, 1));
}

#[tokio::test]
async fn progress_is_written_at_a_pace_and_what_people_wait_for_at_once() {
    let ((writer, stub), bot) = (writer(), bot(""));
    let (first, more, urgent) =
        (status("a", "PodsNotReady"), status("b", "PodsNotReady"), status("b", "GatewayDisconnected"));
    writer.write(&bot, &DiscordBotStatus::default(), first.clone(), Timing::Settled).await.unwrap();
    let next = writer.write(&bot, &first, more, Timing::Settled).await.unwrap();
    assert!(matches!(next, Next::After(wait) if wait <= PACE), "{next:?}");
    assert_eq!(stub.asked().len(), 1, "only the first is written");
    let next = writer.write(&bot, &first, urgent, Timing::Settled).await.unwrap();
    assert_eq!((next, stub.asked().len()), (Next::Change, 2));
}

#[tokio::test]
async fn what_is_premature_is_held_back_but_not_for_ever() {
    let ((writer, stub), bot) = (writer(), bot(""));
    let (old, new) = (DiscordBotStatus::default(), status("a", "GatewayDisconnected"));
    let write = || writer.write(&bot, &old, new.clone(), Timing::Premature);
    assert_eq!(write().await.unwrap(), Next::After(SOON));
    assert!(stub.asked().is_empty());
    let long_ago = Instant::now().checked_sub(LONGEST).unwrap();
    writer.holding().values_mut().for_each(|since| *since = long_ago);
    assert_eq!(write().await.unwrap(), Next::Change);
    assert_eq!(stub.asked().len(), 1);
    assert_eq!(write().await.unwrap(), Next::After(SOON), "what is new after that has its own time");
}

#[tokio::test]
async fn figures_alone_are_written_once_a_minute() {
    let ((writer, stub), bot) = (writer(), bot(""));
    let with_starts = |remaining| {
        let mut status = status("a", "AllReady");
        let reset_at = Time(Timestamp::UNIX_EPOCH);
        status.session_starts = Some(SessionStartsStatus { remaining, total: 1_000, reset_at });
        status
    };
    let first = with_starts(3);
    writer.write(&bot, &DiscordBotStatus::default(), first.clone(), Timing::Settled).await.unwrap();
    let next = writer.write(&bot, &first, with_starts(2), Timing::Settled).await.unwrap();
    assert!(matches!(next, Next::After(wait) if wait > PACE && wait <= FIGURES_PACE), "{next:?}");
    assert_eq!(stub.asked().len(), 1);
}

#[tokio::test]
async fn a_conflict_is_tried_again() {
    let stub = Stub::new(|_| refusal(409, "Conflict", "the object has been modified"));
    let events = Events::new(stub.client.clone(), None);
    let writer = StatusWriter::new(stub.client.clone(), Arc::new(Metrics::new().unwrap()), events);
    let (old, new) = (DiscordBotStatus::default(), status("a", "Stalled"));
    let failure = writer.write(&bot(""), &old, new, Timing::Settled).await.unwrap_err();
    assert_eq!(failure.reason, "StatusUnwritable");
}

#[tokio::test]
async fn nothing_new_is_not_written() {
    let ((writer, stub), bot) = (writer(), bot(""));
    let same = status("a", "PodsNotReady");
    assert_eq!(writer.write(&bot, &same, same.clone(), Timing::Settled).await.unwrap(), Next::Change);
    assert!(stub.asked().is_empty());
}
