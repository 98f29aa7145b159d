//! `/stock add`: units from a form, from text or from a `.txt` or `.csv` file, one a line. Duplicates come back one by one.

use std::{
    borrow::Cow,
    collections::BTreeSet,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serenity::{
    all::InputTextStyle,
    builder::{CreateActionRow, CreateInputText, CreateModal},
};
use stockbot_store::{
    StockOutcome,
    stock::{MAX_UNIT_BYTES, add_units_telling},
};

use super::{
    require_admin,
    units::units,
    unknown_product,
    upload::{self, unusable},
};
use crate::{
    cards::{Card, Mood},
    custom_id::CustomId,
    discord::File,
    interactions::{
        error::ReplyError,
        options::Options,
        reply::Reply,
        request::{OptionValue, Request},
    },
    text_rule::{forbidden_in_lines, named},
    texts::{count, escape, number},
};

/// Most units at once (ui.md).
const MAX_UNITS: usize = 100_000;
/// So many units take long enough to say what is going on.
const MANY: usize = 1000;
/// Characters that a refusal names.
const NAMED: usize = 5;
/// Name of the form's only field.
const FIELD: &str = "units";
/// Discord's limit for a field of a form.
const FIELD_CHARACTERS: u16 = 4000;
/// How often the reply says how far it has come.
const TELL: Duration = Duration::from_secs(1);

/// Is there nothing to add yet?
pub fn needs_form(options: &Options<'_>) -> bool {
    options.text("text").is_empty() && options.get("file").is_none()
}

/// Opens the form: an option of a command is one line, a form takes many.
pub async fn open_form(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let code = options.text("code");
    let Some(product) = reply.product(code).await? else { return Err(unknown_product(reply, code)) };
    let field = CreateInputText::new(InputTextStyle::Paragraph, reply.text("admin-stock-field", &[]), FIELD)
        .max_length(FIELD_CHARACTERS);
    let title = reply.text("admin-stock-form", &[("code", product.code.clone().into())]);
    let modal = CreateModal::new(CustomId::StockForm(product.code).to_string(), title);
    reply.open(modal.components(vec![CreateActionRow::InputText(field)])).await
}

/// The form was sent.
pub async fn form_given(reply: &Reply, request: &Request, code: &str) -> Result<(), ReplyError> {
    require_admin(reply, request)?;
    reply.defer().await?;
    reply.begin_change();
    reply.note(format!("/stock add {code}"));
    store(reply, code, request.field(FIELD), 2).await
}

/// Adds units from the command's text and file.
pub async fn add(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    let mut text = options.text("text").to_owned();
    if let Some(OptionValue::File { name, size, url }) = options.get("file") {
        text.push('\n');
        text.push_str(&upload::read(reply, name, *size, url).await?);
    }
    store(reply, options.text("code"), &text, MANY).await
}

/// Stores the units of a text; from `many` on it is told first how many were seen.
async fn store(reply: &Reply, code: &str, text: &str, many: usize) -> Result<(), ReplyError> {
    let (units, invisible): (Vec<String>, Vec<String>) =
        units(text).into_iter().partition(|unit| forbidden_in_lines(unit).is_none());
    if units.is_empty() && !invisible.is_empty() {
        return Err(reply.refusal("admin-stock-invisible", &invisible_arguments(&invisible)));
    }
    if units.is_empty() {
        return Err(reply.refusal("admin-stock-nothing", &[]));
    }
    if units.len() > MAX_UNITS {
        return Err(unusable(reply, "admin-stock-file-units"));
    }
    let looked_at = AtomicUsize::new(0);
    if units.len() >= many {
        tell(reply, code, units.len(), 0).await;
    }
    let (store, shop, actor) = (&reply.bot.store, reply.bot.shop, reply.actor());
    let progress = |done| looked_at.store(done, Ordering::Relaxed);
    let mut adding = pin!(add_units_telling(store, shop, code, &units, &actor, progress));
    let outcome = loop {
        tokio::select! {
            biased;
            outcome = &mut adding => break outcome?,
            // What is told is told to the end, so that the answer comes after it.
            () = tokio::time::sleep(TELL) => {
                tell(reply, code, units.len(), looked_at.load(Ordering::Relaxed)).await;
            }
        }
    };
    reply.bot.wakeups.display.notify_one();
    show(reply, code, outcome, invisible).await
}

/// How many lines there are, and which characters they should not have.
fn invisible_arguments(lines: &[String]) -> [(&'static str, Cow<'static, str>); 2] {
    let characters: BTreeSet<char> = lines.iter().filter_map(|line| forbidden_in_lines(line)).collect();
    let names: Vec<String> = characters.into_iter().take(NAMED).map(named).collect();
    [("count", count(lines.len())), ("characters", names.join(", ").into())]
}

/// Says how many units were seen, before and while they are stored.
async fn tell(reply: &Reply, code: &str, seen: usize, done: usize) {
    let arguments = [
        ("code", escape(&code.to_uppercase()).into()),
        ("seen", count(seen)),
        ("percent", (done * 100 / seen.max(1)).to_string().into()),
    ];
    reply.interim(Card::new(Mood::Plain, reply.text("admin-stock-progress", &arguments))).await;
}

async fn show(
    reply: &Reply,
    code: &str,
    outcome: StockOutcome,
    invisible: Vec<String>,
) -> Result<(), ReplyError> {
    let StockOutcome::Done { total, added, duplicates, too_long, unstorable, available } = outcome else {
        return Err(unknown_product(reply, code));
    };
    let of = |key: &str, lines: &[String], more: Cow<'_, str>| {
        let arguments = [("count", count(lines.len())), ("maxBytes", more)];
        (!lines.is_empty()).then(|| reply.text(key, &arguments))
    };
    let arguments = [
        ("code", escape(&code.to_uppercase()).into()),
        ("added", number(added)),
        ("total", number(total)),
        ("available", number(available)),
    ];
    let refusals = [
        of("admin-stock-duplicates", &duplicates, "".into()),
        of("admin-stock-too-long", &too_long, MAX_UNIT_BYTES.to_string().into()),
        of("admin-stock-unstorable", &unstorable, "".into()),
        (!invisible.is_empty())
            .then(|| reply.text("admin-stock-invisible", &invisible_arguments(&invisible))),
    ];
    let mut lines = vec![reply.text("admin-stock-added", &arguments)];
    lines.extend(refusals.into_iter().flatten());
    let mood = if lines.len() == 1 { Mood::Good } else { Mood::Attention };
    let mut card = Card::new(mood, lines.join("\n"));
    for (name, lines) in
        [("duplicates.txt", duplicates), ("refused.txt", [too_long, unstorable, invisible].concat())]
    {
        if !lines.is_empty() {
            card = card.file(File { name: name.into(), content: lines.join("\n").into() });
        }
    }
    reply.show(card).await
}
