//! The whole message, for any shop, within Discord's limits; by the rules of discord.md, not by the code under test.

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use stockbot_config::{Button, ButtonAction, Config, DisplaySettings};
use stockbot_store::{Product, ShopId, ShopState};

use super::message::{Rendered, Source, render};
use crate::cards::sample;

fn config(settings: DisplaySettings) -> Config {
    let text = "bot: growshop\nnamespace: shops\nguildId: \"1100000000000000001\"\nshop: {}\n\
                displays: [{name: main, channelId: \"1100000000000000010\"}]\n";
    let mut config = Config::parse(text, "test").unwrap();
    config.displays[0].settings = settings;
    config
}

fn rendered(config: &Config, products: &[Product], reason: Option<String>) -> Rendered {
    let mut shop = ShopState::open(ShopId::from(1));
    shop.maintenance = reason.is_some();
    shop.reason = reason.unwrap_or_default();
    let source = Source { config, display: &config.displays[0], shop: &shop, products };
    render(&source, Timestamp::from_second(1_800_000_000).unwrap())
}

/// Longest in UTF-16 units, shortest after trimming: Discord refuses neither by any way of counting.
fn assert_text(value: &Value, most: usize, what: &str) {
    let text = value.as_str().unwrap_or_else(|| panic!("no {what}: {value}"));
    assert!(!text.trim().is_empty(), "{what} is blank");
    assert!(text.encode_utf16().count() <= most, "{what} has {} characters", text.encode_utf16().count());
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn assert_discord_takes(message: &Value) {
    let embeds = list(&message["embeds"]);
    assert!((1..=10).contains(&embeds.len()), "{} embeds", embeds.len());
    let mut characters = 0;
    let mut count =
        |value: &Value| characters += value.as_str().map_or(0, |text| text.encode_utf16().count());
    for embed in embeds {
        for (part, most) in [("title", 256), ("description", 4096)] {
            if !embed[part].is_null() {
                assert_text(&embed[part], most, part);
                count(&embed[part]);
            }
        }
        if !embed["footer"].is_null() {
            assert_text(&embed["footer"]["text"], 2048, "footer");
            count(&embed["footer"]["text"]);
        }
        assert!(embed["color"].as_u64().is_none_or(|colour| colour <= 0xff_ffff));
        assert!(list(&embed["fields"]).len() <= 25, "{} fields", list(&embed["fields"]).len());
        assert!(!embed["description"].is_null() || !list(&embed["fields"]).is_empty(), "an empty embed");
        for field in list(&embed["fields"]) {
            assert_text(&field["name"], 256, "field name");
            assert_text(&field["value"], 1024, "field value");
            count(&field["name"]);
            count(&field["value"]);
        }
    }
    assert!(characters <= 6000, "{characters} characters");
    assert_buttons(list(&message["components"]));
}

fn assert_buttons(rows: &[Value]) {
    assert!(rows.len() <= 5);
    let mut ids = Vec::new();
    for row in rows {
        assert!((1..=5).contains(&list(&row["components"]).len()));
        for button in list(&row["components"]) {
            assert_text(&button["label"], 80, "label");
            assert_text(&button["custom_id"], 100, "custom id");
            ids.push(button["custom_id"].clone());
        }
    }
    let all = ids.len();
    ids.sort_by_key(Value::to_string);
    ids.dedup();
    assert_eq!(ids.len(), all, "custom ids are unique");
}

/// Texts as people and imports write them: long, of wide characters, blank, full of what is escaped.
fn wild(most: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("  \n ".to_owned()),
        (0..=most).prop_map(|n| "🟢".repeat(n)),
        (0..=most).prop_map(|n| "*".repeat(n)),
        (0..=most).prop_map(|n| format!(" {}", "x ".repeat(n / 2))),
        proptest::string::string_regex(&format!(".{{0,{}}}", most.min(120))).unwrap(),
    ]
}

fn product() -> impl Strategy<Value = Product> {
    ("[A-Z0-9]{1,20}", wild(200), wild(1500), wild(200), 1..=1_000_000_000_i64, 0..=100_000_i64).prop_map(
        |(code, name, description, category, price, available)| Product {
            name,
            description,
            ..sample(&code, &category, price, available)
        },
    )
}

fn buttons() -> impl Strategy<Value = Vec<Button>> {
    use ButtonAction::{Balance, Buy, Help, History, Notify, Orders, Register, WorldInfo};
    let action = prop::sample::select(vec![Register, Balance, WorldInfo, Buy, History, Notify, Help, Orders]);
    let button = (action, wild(200), -1..7).prop_map(|(action, label, row)| {
        let mut button = Button::plain(action, row);
        button.label.id = label;
        button
    });
    prop::collection::vec(button, 0..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn discord_takes_the_message_of_any_shop(
        products in prop::collection::vec(product(), 0..400), title in wild(400), description in wild(5000), footer in wild(3000),
        buttons in buttons(), reason in proptest::option::of(wild(5000)),
    ) {
        let mut settings: DisplaySettings = serde_json::from_str(r#"{"channelId": "1100000000000000010"}"#).unwrap();
        (settings.title, settings.description, settings.footer, settings.buttons) = (title, description, footer, buttons);
        assert_discord_takes(&rendered(&config(settings), &products, reason).body);
    }
}

#[test]
fn a_26th_field_is_never_made_and_what_is_left_out_is_said() {
    let settings: DisplaySettings = serde_json::from_str(r#"{"channelId": "1100000000000000010"}"#).unwrap();
    // Each category fills a field; far more of them than fit.
    for count in [24, 25, 26, 249, 250, 251, 500] {
        let products: Vec<Product> =
            (0..count).map(|n| sample(&format!("P{n}"), &format!("{n}"), n + 1, n)).collect();
        let body = rendered(&config(settings.clone()), &products, None).body;
        assert_discord_takes(&body);
        let fields: usize = list(&body["embeds"]).iter().map(|embed| list(&embed["fields"]).len()).sum();
        let all_fit = i64::try_from(fields).unwrap() == count && !body.to_string().contains("tekan Beli");
        assert!(all_fit || body.to_string().contains("tekan Beli"), "{count} products, {fields} fields");
    }
}
