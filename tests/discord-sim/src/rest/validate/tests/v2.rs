//! Rules for Components V2.

use serde_json::{Value, json};

use super::super::message::{self, Before, Kind};
use super::{button, create, fits, long, object, refused};
use crate::rest::payload::Upload;

fn v2(components: &Value) -> Value {
    json!({ "flags": 1 << 15, "components": components })
}

#[test]
fn components_v2_has_40_components_in_all() {
    let texts = |count: usize| vec![json!({ "type": 10, "content": "t" }); count];
    let nested = |count: usize| v2(&json!([{ "type": 17, "components": texts(count) }]));
    fits(create(&nested(39)));
    refused(create(&nested(40)), "components");
    fits(create(&v2(&texts(40).into())));
    refused(create(&v2(&texts(41).into())), "components");
}

#[test]
fn a_section_holds_up_to_three_texts_and_one_accessory() {
    let texts = |count: usize| vec![json!({ "type": 10, "content": "t" }); count];
    let section =
        |count: usize| v2(&json!([{ "type": 9, "components": texts(count), "accessory": button("a") }]));
    fits(create(&section(3)));
    refused(create(&section(4)), "components.0.components");
    refused(create(&v2(&json!([{ "type": 9, "components": texts(1) }]))), "components.0.accessory");
}

#[test]
fn the_texts_of_components_v2_have_4000_characters_in_all() {
    let two = |second: usize| {
        v2(&json!([{ "type": 10, "content": long(3000) }, { "type": 10, "content": long(second) }]))
    };
    fits(create(&two(1000)));
    refused(create(&two(1001)), "components");
}

#[test]
fn a_container_holds_no_container_and_a_section_no_select() {
    let text = json!({ "type": 10, "content": "t" });
    let inner = json!({ "type": 17, "components": [text] });
    refused(create(&v2(&json!([{ "type": 17, "components": [inner] }]))), "components.0.components.0.type");
    let select = json!({ "type": 5, "custom_id": "s" });
    let section = json!({ "type": 9, "components": [text], "accessory": select });
    refused(create(&v2(&json!([section]))), "components.0.accessory.type");
    refused(create(&v2(&json!([{ "type": 99 }]))), "components.0.type");
    refused(create(&v2(&json!([{ "type": 17, "components": [] }]))), "components.0.components");
}

#[test]
fn a_custom_id_is_unique_over_nested_components() {
    let section =
        json!({ "type": 9, "components": [{ "type": 10, "content": "t" }], "accessory": button("a") });
    let container = json!({ "type": 17, "components": [{ "type": 1, "components": [button("a")] }] });
    refused(create(&v2(&json!([section, container]))), "components.1.components.0.components.0.custom_id");
}

#[test]
fn a_gallery_has_1_to_10_pictures_by_address() {
    let gallery = |count: usize, url: &str| {
        v2(&json!([{ "type": 12, "items": vec![json!({ "media": { "url": url } }); count] }]))
    };
    fits(create(&gallery(10, "https://example.org/a.png")));
    refused(create(&gallery(0, "https://example.org/a.png")), "components.0.items");
    refused(create(&gallery(11, "https://example.org/a.png")), "components.0.items");
    refused(create(&gallery(1, "ftp://example.org/a.png")), "components.0.items.0.media.url");
}

#[test]
fn an_attachment_reference_names_a_file_that_was_sent() {
    let upload =
        Upload { index: 0, filename: "a.txt".into(), content_type: "text/plain".into(), data: "x".into() };
    let body = |name: &str| v2(&json!([{ "type": 13, "file": { "url": format!("attachment://{name}") } }]));
    let check = |name: &str| {
        message::check(object(&body(name)), std::slice::from_ref(&upload), Kind::Create).map(drop)
    };
    fits(check("a.txt"));
    refused(check("b.txt"), "components.0.file.url");
    refused(
        create(&v2(&json!([{ "type": 13, "file": { "url": "https://example.org/a.txt" } }]))),
        "components.0.file.url",
    );
}

#[test]
fn a_message_becomes_components_v2_only_without_its_content_and_embeds() {
    let embeds = [json!({ "title": "t" })];
    let before = Before { content: "old", embeds: &embeds, ..Before::default() };
    let edit = |body: Value| message::check(object(&body), &[], Kind::Edit(before)).map(drop);
    let text = json!([{ "type": 10, "content": "new" }]);
    fits(edit(json!({ "flags": 1 << 15, "components": text, "content": null, "embeds": [] })));
    refused(edit(json!({ "flags": 1 << 15, "components": text, "embeds": null })), "content");
    refused(edit(json!({ "flags": 1 << 15, "components": text, "content": "" })), "embeds");
    refused(edit(json!({ "components": text })), "components.0.type");
}

#[test]
fn components_v2_excludes_polls_and_stickers() {
    let mut body = v2(&json!([{ "type": 10, "content": "t" }]));
    body["poll"] = json!({ "question": { "text": "?" } });
    refused(create(&body), "poll");
    body["poll"] = Value::Null;
    body["sticker_ids"] = json!(["5"]);
    refused(create(&body), "sticker_ids");
}
