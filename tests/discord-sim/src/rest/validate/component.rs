//! Rules for action rows and buttons, and what holds for components of every kind: a known type, ids and custom
//! ids that are unique in their message or modal.

use std::collections::HashSet;

use serde_json::Value;

use super::form::{Form, Object, present};
use super::select;

/// Action row.
pub const ROW: i64 = 1;
/// Button.
pub const BUTTON: i64 = 2;
/// Select with own options.
pub const STRING_SELECT: i64 = 3;
/// Text input of a modal.
pub const TEXT_INPUT: i64 = 4;
/// Text between the fields of a modal, and the text of Components V2.
pub const TEXT_DISPLAY: i64 = 10;
/// Selects that Discord fills: users, roles, mentionables, channels.
pub const FILLED_SELECTS: [i64; 4] = [5, 6, 7, 8];

/// What is counted over a whole message or modal.
#[derive(Debug, Default)]
pub struct Seen {
    custom_ids: HashSet<String>,
    ids: HashSet<i64>,
    /// Components of any depth.
    pub count: usize,
    /// Characters in text displays.
    pub text: usize,
    /// Names of the files that `attachment://` may refer to.
    pub files: HashSet<String>,
}

impl Seen {
    /// Nothing seen yet of a message with these files.
    #[must_use]
    pub fn with(files: HashSet<String>) -> Self {
        Self { files, ..Self::default() }
    }

    /// Counts a component, whose type must be one of these and whose `id` new.
    pub fn component(&mut self, form: &mut Form, object: &Object, allowed: &[i64]) -> Option<i64> {
        self.count += 1;
        // 0 stands for none.
        let id = form.integer(object, "id", 0..=i64::from(i32::MAX)).filter(|id| *id != 0);
        if id.is_some_and(|id| !self.ids.insert(id)) {
            form.fail_at("id", "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated");
        }
        form.need(object, "type");
        form.choice(object, "type", allowed)
    }

    /// Notes a custom id; it must be new.
    pub fn custom_id(&mut self, form: &mut Form, object: &Object) {
        let Some(id) = form.need_text(object, "custom_id", 1..=100) else { return };
        if !self.custom_ids.insert(id.to_owned()) {
            let code = "COMPONENT_CUSTOM_ID_DUPLICATED";
            form.fail_at("custom_id", code, "Component custom id cannot be duplicated");
        }
    }
}

/// Checks the components of a message that is not Components V2.
pub fn check(form: &mut Form, list: &[Value]) {
    if list.len() > 5 {
        form.fail_at("components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 5 in length.");
    }
    let mut seen = Seen::default();
    form.each("components", list, |form, row| {
        if seen.component(form, row, &[ROW]).is_some() {
            self::row(form, row, &mut seen);
        }
    });
}

/// An action row of a message: up to five buttons or one select.
pub fn row(form: &mut Form, row: &Object, seen: &mut Seen) {
    let Some(list) = form.need_list(row, "components", 1..=5) else { return };
    let is_select = |item: &Value| item["type"].as_i64() != Some(BUTTON);
    if list.len() > 1 && list.iter().any(is_select) {
        let message = "A select menu must be the only component of its row";
        form.fail_at("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
    }
    form.each("components", list, |form, item| {
        match seen.component(form, item, &[BUTTON, STRING_SELECT, 5, 6, 7, 8]) {
            Some(BUTTON) => button(form, item, seen),
            Some(kind) => select::check(form, item, kind, seen),
            None => {}
        }
    });
}

/// A button: a link with an address, a premium one with an SKU, any other with a custom id.
pub fn button(form: &mut Form, button: &Object, seen: &mut Seen) {
    form.need(button, "style");
    let style = form.integer(button, "style", 1..=6).unwrap_or(1);
    form.text(button, "label", 0..=80);
    form.boolean(button, "disabled");
    emoji(form, button);
    match style {
        5 => link(form, button),
        6 => return premium(form, button),
        _ => {
            form.forbid(button, "url", "A custom id and url cannot both be specified");
            form.forbid(button, "sku_id", "Only premium buttons have an SKU id");
            seen.custom_id(form, button);
        }
    }
    let labelled =
        present(button, "label").is_some_and(|label| label != "") || present(button, "emoji").is_some();
    if !labelled {
        form.fail("BUTTON_COMPONENT_INVALID_LABEL_OR_EMOJI", "A button must have a label or an emoji");
    }
}

fn link(form: &mut Form, button: &Object) {
    form.forbid(button, "custom_id", "A custom id and url cannot both be specified");
    form.forbid(button, "sku_id", "Only premium buttons have an SKU id");
    if present(button, "url").is_none() {
        form.fail_at("url", "BASE_TYPE_REQUIRED", "A url is required");
    }
    if let Some(url) = form.url(button, "url", &["http", "https", "discord"]) {
        form.length("url", url.chars().count(), 1..=512);
    }
}

fn premium(form: &mut Form, button: &Object) {
    form.need_snowflake(button, "sku_id");
    for key in ["custom_id", "label", "url", "emoji"] {
        form.forbid(button, key, "Premium buttons have an SKU id and nothing else");
    }
}

/// An emoji of a button or an option: a custom one by its id, or one of Unicode by its name.
pub fn emoji(form: &mut Form, object: &Object) {
    let Some(emoji) = form.object(object, "emoji") else { return };
    form.within("emoji", |form| {
        let custom = present(emoji, "id").is_some();
        form.snowflake(emoji, "id");
        form.boolean(emoji, "animated");
        let name = form.text(emoji, "name", 0..=32);
        if !custom && !name.is_some_and(is_emoji) {
            form.fail_at("name", "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji");
        }
    });
}

/// Whether a text can be an emoji: pictographs, joined or not, or a key cap such as `1\u{FE0F}\u{20E3}`.
fn is_emoji(text: &str) -> bool {
    let sign = |c: char| c >= '\u{203C}' || "©®".contains(c);
    let part = |c: char| sign(c) || "0123456789#*\u{200D}".contains(c);
    text.chars().all(part) && text.chars().any(sign)
}
