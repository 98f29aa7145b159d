//! Rules for Components V2: 40 components a message, 4000 characters of text, sections with text and one
//! accessory, containers, galleries, files and separators.

use std::collections::HashSet;

use serde_json::Value;

use super::component::{self, BUTTON, ROW, Seen, TEXT_DISPLAY};
use super::form::{Form, Object};

const SECTION: i64 = 9;
const THUMBNAIL: i64 = 11;
const GALLERY: i64 = 12;
const FILE: i64 = 13;
const SEPARATOR: i64 = 14;
const CONTAINER: i64 = 17;

/// Where pictures may come from.
const PICTURES: &[&str] = &["http", "https", "attachment"];
/// Components of any depth in a message.
const COMPONENTS: usize = 40;
/// Characters over all text displays of a message.
const CHARACTERS: usize = 4000;

/// Checks the components of a Components V2 message with these files.
pub fn check(form: &mut Form, list: &[Value], files: HashSet<String>) {
    let mut seen = Seen::with(files);
    form.each("components", list, |form, item| {
        one(form, item, &[ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR, CONTAINER], &mut seen);
    });
    if seen.count > COMPONENTS {
        let message = format!("Must be {COMPONENTS} or fewer components in all, nested ones included.");
        form.fail_at("components", "BASE_TYPE_MAX_LENGTH", message);
    }
    if seen.text > CHARACTERS {
        let message = format!("Must be {CHARACTERS} or fewer characters of text in all.");
        form.fail_at("components", "COMPONENT_TEXT_TOO_LONG", message);
    }
}

fn one(form: &mut Form, item: &Object, allowed: &[i64], seen: &mut Seen) {
    match seen.component(form, item, allowed) {
        Some(ROW) => component::row(form, item, seen),
        Some(SECTION) => section(form, item, seen),
        Some(TEXT_DISPLAY) => text(form, item, seen),
        Some(GALLERY) => gallery(form, item, seen),
        Some(FILE) => media(form, item, "file", &["attachment"], seen),
        Some(SEPARATOR) => separator(form, item),
        Some(CONTAINER) => container(form, item, seen),
        _ => {}
    }
}

fn text(form: &mut Form, item: &Object, seen: &mut Seen) {
    if let Some(content) = form.need_text(item, "content", 1..=CHARACTERS) {
        seen.text += content.chars().count();
    }
}

fn section(form: &mut Form, item: &Object, seen: &mut Seen) {
    if let Some(list) = form.need_list(item, "components", 1..=3) {
        form.each("components", list, |form, child| one(form, child, &[TEXT_DISPLAY], seen));
    }
    let Some(accessory) = form.need_object(item, "accessory") else { return };
    form.within("accessory", |form| match seen.component(form, accessory, &[BUTTON, THUMBNAIL]) {
        Some(BUTTON) => component::button(form, accessory, seen),
        Some(_) => media(form, accessory, "media", PICTURES, seen),
        None => {}
    });
}

/// A picture or file by its address; `attachment://` refers to a file of the message.
fn media(form: &mut Form, item: &Object, key: &str, schemes: &[&str], seen: &Seen) {
    form.text(item, "description", 0..=1024);
    form.boolean(item, "spoiler");
    let Some(media) = form.need_object(item, key) else { return };
    form.within(key, |form| {
        form.need(media, "url");
        let url = form.url(media, "url", schemes);
        let name = url.and_then(|url| url.strip_prefix("attachment://"));
        if name.is_some_and(|name| !seen.files.contains(name)) {
            let code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND";
            form.fail_at("url", code, "The referenced attachment was not found");
        }
    });
}

fn gallery(form: &mut Form, item: &Object, seen: &Seen) {
    let Some(list) = form.need_list(item, "items", 1..=10) else { return };
    form.each("items", list, |form, entry| media(form, entry, "media", PICTURES, seen));
}

fn separator(form: &mut Form, item: &Object) {
    form.boolean(item, "divider");
    form.integer(item, "spacing", 1..=2);
}

fn container(form: &mut Form, item: &Object, seen: &mut Seen) {
    form.integer(item, "accent_color", 0..=0xFF_FFFF);
    form.boolean(item, "spoiler");
    let Some(list) = form.need_list(item, "components", 1..=COMPONENTS) else { return };
    form.each("components", list, |form, child| {
        one(form, child, &[ROW, SECTION, TEXT_DISPLAY, GALLERY, FILE, SEPARATOR], seen);
    });
}
