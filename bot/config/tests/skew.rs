//! Operator and bot of different releases understand each other: files and status documents of an earlier and a later contract.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::path::Path;

use stockbot_config::{
    ButtonAction, CONTRACT, Config, ConfigFile, fingerprint,
    status::{BotStatus, DisplayState, GatewayState},
};

/// As a later release might write it: new fields everywhere, new words in places where this release knows others.
const LATER: &str = r#"
contract: 99
bot: growshop
namespace: shops
guildId: "1100000000000000001"
tenants: {max: 5}
database: {maxConnections: 9, replicas: 2}
shop:
  locale: fr
  maxQuantity: 50
  loyalty: {points: 3}
logging: {level: debug, format: logfmt}
displays:
- name: main
  settingsHash: written-by-the-operator
  channelId: "1100000000000000010"
  title: GrowShop
  layout: {columns: 2}
  products: {sort: Popularity, hide: [OLD], since: 3d}
  buttons:
  - {action: Buy, row: 1, tooltip: quick}
  - {action: Gift, row: 1}
"#;

/// Files of each contract, as they were.
const ALL: [&str; 2] = [include_str!("contract_1.yaml"), include_str!("contract_2.yaml")];

#[test]
fn a_bot_runs_with_a_file_of_a_later_contract_and_names_what_it_left_out() {
    let file = ConfigFile::parse(LATER, "config.yaml").unwrap();
    let config = &file.config;
    assert_eq!((config.contract, config.database.max_connections, config.shop.max_quantity), (99, 9, 50));
    let display = &config.displays[0];
    assert_eq!(display.settings.title, "GrowShop");
    assert_eq!(display.settings.products.hide, ["OLD"]);
    assert_eq!(display.settings.buttons.iter().map(|b| b.action).collect::<Vec<_>>(), [ButtonAction::Buy]);
    let mut unknown = file.unknown.clone();
    unknown.sort();
    assert_eq!(
        unknown,
        [
            "database.replicas",
            "displays.main.buttons[1]",
            "displays.main.buttons[1].action",
            "displays.main.products.sort",
            "displays[0].buttons[0].tooltip",
            "displays[0].layout",
            "displays[0].products.since",
            "logging.format",
            "shop.locale",
            "shop.loyalty",
            "tenants",
        ]
    );
}

#[test]
fn check_config_refuses_what_the_bot_leaves_out() {
    let text = "bot: a\nnamespace: b\nguildId: \"1100000000000000001\"\nshop: {colour: red}\n";
    let file = ConfigFile::parse(text, "config.yaml").unwrap();
    let refusal = file.known(Path::new("config.yaml")).unwrap_err().to_string();
    assert!(refusal.contains("config.yaml") && refusal.contains("shop.colour"), "{refusal}");
}

#[test]
fn a_wrong_value_is_a_mistake_unless_a_later_contract_wrote_it() {
    let ours = LATER.replace("contract: 99", &format!("contract: {CONTRACT}"));
    assert!(Config::parse(&ours, "config.yaml").is_err());
    let nowhere = LATER.replace("\"1100000000000000001\"", "nowhere");
    let error = Config::parse(&nowhere, "config.yaml").unwrap_err().to_string();
    assert!(error.contains("nowhere"), "what cannot be left out is told: {error}");
}

#[test]
fn the_writer_of_the_file_says_what_the_settings_are_called() {
    let config = Config::parse(LATER, "config.yaml").unwrap();
    assert_eq!(config.displays[0].settings_hash, "written-by-the-operator");
    assert_ne!(config.displays[0].settings_hash, fingerprint(&config.displays[0].settings));
}

#[test]
fn a_file_of_each_contract_is_read_without_loss() {
    for (text, grace) in ALL.into_iter().zip([30, 40]) {
        let file = ConfigFile::parse(text, "config.yaml").unwrap();
        assert_eq!(file.unknown, Vec::<String>::new());
        assert_eq!(file.config.displays.len(), 1);
        assert_eq!(file.config.termination_grace_period_seconds, grace);
    }
}

#[test]
fn a_status_of_a_later_release_is_understood_as_far_as_possible() {
    let later = r#"{"pod": "a", "version": "9.0.0", "ready": true, "tenants": 5, "token": "Rotating",
        "gateway": {"state": "Rebalancing", "shards": {"desired": 1, "connected": 1, "moving": 1}},
        "displays": [{"name": "main", "settingsHash": "x", "state": "Translated", "pages": 3}]}"#;
    let status: BotStatus = serde_json::from_str(later).unwrap();
    assert!(status.ready);
    assert_eq!(status.gateway.state, GatewayState::Unknown);
    assert_eq!(
        (status.gateway.shards.connected, status.displays[0].state),
        (1, DisplayState::NotYetPublished)
    );
}
