//! Rules for Components V2: 40 components a message, 4000 characters of text, sections with text and one
//! accessory, containers, galleries, files and separators.

use serde_json::Value;

use super::component::{self, BUTTON, ROW, Seen, kind};
use super::form::{Form, Object, present};

const SECTION: i64 = 9;
const TEXT: i64 = 10;
const THUMBNAIL: i64 = 11;
const GALLERY: i64 = 12;
const FILE: i64 = 13;
const SEPARATOR: i64 = 14;
const CONTAINER: i64 = 17;

/// Components of any depth in a message.
const COMPONENTS: usize = 40;
/// Characters over all text displays of a message.
const CHARACTERS: usize = 4000;

/// Checks the components of a Components V2 message.
pub fn check(form: &mut Form, list: &[Value]) {
    let mut seen = Seen::default();
    form.each("components", list, |form, item| {
        one(form, item, &[ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER], &mut seen);
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
    match kind(form, item, allowed) {
        // A row counts itself and its children.
        Some(ROW) => return component::row(form, item, seen),
        Some(SECTION) => section(form, item, seen),
        Some(TEXT) => text(form, item, seen),
        Some(GALLERY) => gallery(form, item),
        Some(FILE) => file(form, item),
        Some(SEPARATOR) => separator(form, item),
        Some(CONTAINER) => container(form, item, seen),
        _ => {}
    }
    seen.count += 1;
}

fn text(form: &mut Form, item: &Object, seen: &mut Seen) {
    if let Some(content) = form.need_text(item, "content", 1..=CHARACTERS) {
        seen.text += content.chars().count();
    }
}

fn section(form: &mut Form, item: &Object, seen: &mut Seen) {
    if present(item, "components").is_none() {
        form.missing("components");
    }
    if let Some(list) = form.list(item, "components", 1..=3) {
        form.each("components", list, |form, child| one(form, child, &[TEXT], seen));
    }
    let Some(accessory) = form.object(item, "accessory") else {
        return form.missing("accessory");
    };
    seen.count += 1;
    form.within("accessory", |form| match kind(form, accessory, &[BUTTON, THUMBNAIL]) {
        Some(BUTTON) => component::button(form, accessory, seen),
        Some(_) => media(form, accessory, "media", &["http", "https", "attachment"]),
        None => {}
    });
}

fn media(form: &mut Form, item: &Object, key: &str, schemes: &[&str]) {
    form.text(item, "description", 0..=1024);
    form.boolean(item, "spoiler");
    let Some(media) = form.object(item, key) else { return form.missing(key) };
    form.within(key, |form| {
        if present(media, "url").is_none() {
            form.missing("url");
        }
        form.url(media, "url", schemes);
    });
}

fn gallery(form: &mut Form, item: &Object) {
    if present(item, "items").is_none() {
        form.missing("items");
    }
    let Some(list) = form.list(item, "items", 1..=10) else { return };
    form.each("items", list, |form, entry| media(form, entry, "media", &["http", "https", "attachment"]));
}

fn file(form: &mut Form, item: &Object) {
    media(form, item, "file", &["attachment"]);
}

fn separator(form: &mut Form, item: &Object) {
    form.boolean(item, "divider");
    form.integer(item, "spacing", 1..=2);
}

fn container(form: &mut Form, item: &Object, seen: &mut Seen) {
    form.integer(item, "accent_color", 0..=0xFF_FFFF);
    form.boolean(item, "spoiler");
    if present(item, "components").is_none() {
        form.missing("components");
    }
    let Some(list) = form.list(item, "components", 1..=COMPONENTS) else { return };
    form.each("components", list, |form, child| {
        one(form, child, &[ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR], seen);
    });
}
