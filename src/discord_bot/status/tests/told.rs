//! What the pods say of themselves.

use super::*;

#[test]
fn a_bot_that_works_is_ready_and_nothing_else() {
    let case = works();
    is(
        &case,
        &[
            "Ready=True/AllReady",
            "Progressing=False/Complete",
            "Degraded=False/AsExpected",
            "Stalled=False/NotStalled",
            "TokenValid=True/Accepted",
            "DatabaseReady=True/Migrated",
            "GatewayConnected=True/Connected",
            "Paused=False/NotPaused",
        ],
    );
    assert_eq!(phase(&case), "Running");
    assert_eq!(status(&case).observed_generation, Some(1));
}

#[test]
fn what_a_pod_says_becomes_conditions() {
    let cases = vec![
        (
            says(|s| s.gateway.shards.connected = 0),
            vec!["Ready=False/GatewayDisconnected", "GatewayConnected=False/Disconnected"],
        ),
        (
            says(|s| (s.gateway.state, s.gateway.shards.connected) = (GatewayState::Resuming, 0)),
            vec!["GatewayConnected=False/Resuming"],
        ),
        (
            says(|s| (s.gateway.state, s.gateway.shards.connected) = (GatewayState::WaitingForBudget, 0)),
            vec!["Progressing=True/WaitingForIdentifyBudget", "GatewayConnected=False/Disconnected"],
        ),
        (says(|s| s.token = TokenState::Rejected), vec!["TokenValid=False/Rejected"]),
        (
            says(|s| s.database.state = DatabaseState::Unreachable),
            vec![
                "DatabaseReady=False/Unreachable",
                "Degraded=True/DatabaseUnavailable",
                "Ready=True/AllReady",
            ],
        ),
        (says(|s| s.guild_found = Some(false)), vec!["Stalled=True/GuildNotFound", "Ready=False/Stalled"]),
        (
            says(|s| drop(s.breakers.insert("discord".into(), "Open".into()))),
            vec!["Degraded=True/BreakerOpen"],
        ),
        (
            says(|s| drop(s.breakers.insert("discord".into(), "Closed".into()))),
            vec!["Degraded=False/AsExpected"],
        ),
    ];
    for (case, wanted) in &cases {
        is(case, wanted);
    }
}

#[test]
fn the_budget_is_low_at_the_reserve() {
    let with = |remaining| {
        says(|status| {
            status.session_starts =
                Some(SessionStarts { remaining, total: 1000, reset_at: Timestamp::UNIX_EPOCH });
        })
    };
    is(&with(51), &["IdentifyBudgetLow=False/Sufficient"]);
    is(&with(50), &["IdentifyBudgetLow=True/BelowReserve"]);
    assert!(find(&status(&works()).conditions, "IdentifyBudgetLow").is_none(), "nothing is known of it");
}

#[test]
fn a_display_counts_only_as_it_is_wanted_now() {
    is(&shows(DisplayState::Published), &["Ready=True/AllReady"]);
    is(&shows(DisplayState::Hidden), &["Ready=True/AllReady"]);
    is(&shows(DisplayState::NotYetPublished), &["Ready=False/DisplaysNotReady", "Degraded=False/AsExpected"]);
    is(
        &shows(DisplayState::MissingPermissions),
        &["Ready=False/DisplaysNotReady", "Degraded=True/DisplayFailing"],
    );
    let mut changed = shows(DisplayState::Published);
    let mut settings = changed.displays[0].settings.clone();
    settings.title = "New".into();
    changed.displays = vec![DisplayConfig::new("main".into(), settings)];
    is(&changed, &["Ready=False/DisplaysNotReady"]);
    assert_eq!(status(&changed).displays.desired, 1);
}

#[test]
fn a_guild_that_one_pod_has_lost_is_lost() {
    let standby = PodState { name: "growshop-0".into(), uid: "other".into(), ..running() };
    let lost = BotStatus { guild_found: Some(false), ..connected() };
    let case = Case { pods: vec![pod(standby, Some(connected())), pod(running(), Some(lost))], ..works() };
    is(&case, &["Stalled=True/GuildNotFound"]);
}

#[test]
fn what_the_pods_say_is_wrong_degrades_the_bot_in_their_words() {
    let missing = "shop.channels.log: channel 1 does not exist; correct shop.channels.log";
    let case = says(|status| {
        status.troubles = [("shop.channels.log".to_owned(), missing.to_owned())].into();
    });
    is(&case, &["Ready=True/AllReady", "Degraded=True/ProbeFailing"]);
    assert_eq!(condition(&case, "Degraded").message, missing);
}
