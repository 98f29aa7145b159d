//! Rules for messages and embeds.

use serde_json::{Value, json};

use super::super::message::{self, Before, Kind};
use super::{create, fits, long, object, refused};
use crate::rest::payload::Upload;

fn embed(fields: &Value) -> Value {
    json!({ "embeds": [fields] })
}

#[test]
fn content_has_2000_characters() {
    fits(create(&json!({ "content": long(2000) })));
    refused(create(&json!({ "content": long(2001) })), "content");
    refused(create(&json!({ "content": 5 })), "content");
}

#[test]
fn an_empty_message_is_refused_with_50006() {
    for body in [json!({}), json!({ "content": "  \n " }), json!({ "embeds": [], "components": [] })] {
        assert_eq!(create(&body).unwrap_err().code, 50_006, "{body}");
    }
}

#[test]
fn a_nonce_has_25_characters() {
    fits(create(&json!({ "content": "x", "nonce": long(25) })));
    fits(create(&json!({ "content": "x", "nonce": 42 })));
    refused(create(&json!({ "content": "x", "nonce": long(26) })), "nonce");
    refused(create(&json!({ "content": "x", "nonce": [] })), "nonce");
}

#[test]
fn an_embed_title_has_256_characters() {
    fits(create(&embed(&json!({ "title": long(256) }))));
    refused(create(&embed(&json!({ "title": long(257) }))), "embeds.0.title");
}

#[test]
fn an_embed_description_has_4096_characters() {
    fits(create(&embed(&json!({ "description": long(4096) }))));
    refused(create(&embed(&json!({ "description": long(4097) }))), "embeds.0.description");
}

#[test]
fn an_embed_has_25_fields_of_256_and_1024_characters() {
    let field = |name: usize, value: usize| json!({ "name": long(name), "value": long(value) });
    let fields = |count: usize| embed(&json!({ "fields": vec![field(1, 1); count] }));
    fits(create(&fields(25)));
    refused(create(&fields(26)), "embeds.0.fields");
    fits(create(&embed(&json!({ "fields": [field(256, 1024)] }))));
    refused(create(&embed(&json!({ "fields": [field(257, 1)] }))), "embeds.0.fields.0.name");
    refused(create(&embed(&json!({ "fields": [field(1, 1025)] }))), "embeds.0.fields.0.value");
    refused(create(&embed(&json!({ "fields": [{ "name": "n" }] }))), "embeds.0.fields.0.value");
}

#[test]
fn an_embed_footer_has_2048_characters_and_an_author_256() {
    fits(create(&embed(&json!({ "footer": { "text": long(2048) } }))));
    refused(create(&embed(&json!({ "footer": { "text": long(2049) } }))), "embeds.0.footer.text");
    refused(create(&embed(&json!({ "author": { "name": long(257) } }))), "embeds.0.author.name");
}

#[test]
fn all_embeds_of_a_message_have_6000_characters() {
    let two =
        |second: usize| json!({ "embeds": [{ "description": long(4000) }, { "description": long(second) }] });
    fits(create(&two(2000)));
    refused(create(&two(2001)), "embeds");
}

#[test]
fn a_message_has_10_embeds() {
    let some = |count: usize| json!({ "embeds": vec![json!({ "title": "t" }); count] });
    fits(create(&some(10)));
    refused(create(&some(11)), "embeds");
}

#[test]
fn embed_addresses_colors_and_times_are_checked() {
    fits(create(&embed(&json!({ "title": "t", "url": "https://example.org", "color": 0xFF_FFFF }))));
    refused(create(&embed(&json!({ "title": "t", "url": "javascript://x" }))), "embeds.0.url");
    refused(create(&embed(&json!({ "title": "t", "color": 0x100_0000 }))), "embeds.0.color");
    refused(create(&embed(&json!({ "title": "t", "timestamp": "yesterday" }))), "embeds.0.timestamp");
    refused(create(&embed(&json!({}))), "embeds.0.description");
}

#[test]
fn every_wrong_field_is_named_by_its_path() {
    let body = json!({ "content": long(2001), "embeds": [{ "title": "ok" }, { "title": long(257) }] });
    let errors = create(&body).unwrap_err().errors.unwrap();
    assert_eq!(errors["content"]["_errors"][0]["code"], "BASE_TYPE_MAX_LENGTH");
    assert_eq!(errors["embeds"]["1"]["title"]["_errors"][0]["message"], "Must be 256 or fewer in length.");
}

#[test]
fn ephemeral_belongs_to_answers_only() {
    let body = json!({ "content": "x", "flags": 64 });
    let flags = |kind| message::check(object(&body), &[], kind).unwrap().flags;
    assert_eq!(flags(Kind::Answer), Some(64));
    assert_eq!(flags(Kind::Create), Some(0));
    assert_eq!(flags(Kind::Edit(Before::default())), Some(0));
}

#[test]
fn components_v2_excludes_content_and_embeds_for_ever() {
    let text = json!([{ "type": 10, "content": "hello" }]);
    fits(create(&json!({ "flags": 1 << 15, "components": text })));
    refused(create(&json!({ "flags": 1 << 15, "components": text, "content": "x" })), "content");
    refused(create(&json!({ "flags": 1 << 15, "components": text, "embeds": [{ "title": "t" }] })), "embeds");
    refused(create(&json!({ "flags": 1 << 15 })), "components");
    let edit = |body: Value| {
        message::check(object(&body), &[], Kind::Edit(Before { v2: true, ..Before::default() })).map(drop)
    };
    fits(edit(json!({ "components": text, "flags": 0 })));
    refused(edit(json!({ "content": "x" })), "content");
}

#[test]
fn a_webhook_may_choose_a_name_without_discord_in_it() {
    let check = |name: &str| {
        let body = json!({ "content": "x", "username": name });
        message::check(object(&body), &[], Kind::Webhook).map(drop)
    };
    fits(check("Till"));
    refused(check("Discord Till"), "username");
    refused(check(&long(81)), "username");
}

#[test]
fn white_space_around_the_texts_of_an_embed_does_not_count() {
    fits(create(&embed(&json!({ "title": format!("  {}  ", long(256)) }))));
    let blank = json!({ "fields": [{ "name": "n", "value": "  " }] });
    refused(create(&embed(&blank)), "embeds.0.fields.0.value");
    let six = |end: &str| json!({ "embeds": [{ "description": long(4000) }, { "description": format!("{}{end}", long(2000)) }] });
    fits(create(&six("  ")));
    refused(create(&six("x")), "embeds");
}

#[test]
fn allowed_mentions_parse_kinds_or_list_100_ids() {
    let body = |allowed: Value| json!({ "content": "x", "allowed_mentions": allowed });
    fits(create(&body(json!({ "parse": ["users", "roles", "everyone"], "replied_user": true }))));
    fits(create(&body(json!({ "parse": ["roles"], "users": vec!["5"; 100] }))));
    fits(create(&body(json!({ "parse": ["users"], "users": [] }))));
    refused(create(&body(json!({ "parse": ["users"], "users": ["5"] }))), "allowed_mentions");
    refused(create(&body(json!({ "parse": ["people"] }))), "allowed_mentions.parse.0");
    refused(create(&body(json!({ "users": vec!["5"; 101] }))), "allowed_mentions.users");
    refused(create(&body(json!({ "roles": ["x"] }))), "allowed_mentions.roles");
    refused(create(&body(json!({ "replied_user": "no" }))), "allowed_mentions.replied_user");
}

#[test]
fn polls_are_refused_and_there_are_no_stickers() {
    refused(create(&json!({ "content": "x", "poll": { "question": { "text": "?" } } })), "poll");
    let error = create(&json!({ "content": "x", "sticker_ids": ["5"] })).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (50_081, "Invalid sticker sent"));
    fits(create(&json!({ "content": "x", "sticker_ids": [], "poll": null })));
}

#[test]
fn attachments_name_files_that_were_sent_or_stay() {
    let body = json!({ "content": "x", "attachments": [{ "id": 0, "description": long(1024) }] });
    let upload =
        Upload { index: 0, filename: "a.txt".into(), content_type: "text/plain".into(), data: "x".into() };
    fits(message::check(object(&body), &[upload], Kind::Create).map(drop));
    let error = create(&body).unwrap_err();
    assert_eq!(error.errors.unwrap()["attachments"]["0"]["_errors"][0]["code"], "ATTACHMENT_NOT_FOUND");
    refused(create(&json!({ "content": "x", "attachments": [{}] })), "attachments.0.id");
}

#[test]
fn flags_that_a_kind_of_message_does_not_have_are_passed_over() {
    let all = json!({ "content": "x", "flags": 1 << 2 | 1 << 6 | 1 << 7 | 1 << 12 });
    let flags = |kind| message::check(object(&all), &[], kind).unwrap().flags.unwrap();
    assert_eq!(flags(Kind::Create), 1 << 2 | 1 << 12);
    assert_eq!(flags(Kind::Webhook), 1 << 2 | 1 << 12);
    assert_eq!(flags(Kind::Answer), 1 << 2 | 1 << 6 | 1 << 12);
    assert_eq!(flags(Kind::Edit(Before::default())), 1 << 2);
}
