//! Registration: one Discord user, one GrowID, unique in any case.

use serenity::{
    all::InputTextStyle,
    builder::{CreateActionRow, CreateButton, CreateInputText, CreateModal},
};
use stockbot_store::{
    GrowId, Registration,
    customers::{customer, register},
};

use super::{
    card::{Card, Mood},
    exchange::Exchange,
    failure::Failure,
    visitor::{Kind, Request},
};
use crate::{custom_id::CustomId, texts::escape};

/// Name of the modal's only field.
const FIELD: &str = "grow_id";

/// The Register button: the form, or the current name with Change and Cancel.
pub async fn pressed(x: &Exchange) -> Result<(), Failure> {
    let Some(known) = customer(&x.bot.store, x.bot.shop, x.user).await? else { return open_form(x).await };
    let buttons = vec![
        CreateButton::new(CustomId::RegisterChange.to_string()).label(x.text("button-change", &[])),
        CreateButton::new(CustomId::RegisterKeep.to_string())
            .label(x.text("button-cancel", &[]))
            .style(serenity::all::ButtonStyle::Secondary),
    ];
    let text = x.text("register-card", &[("growId", escape(&known.grow_id).into())]);
    x.show(Card::new(Mood::Plain, text).row(CreateActionRow::Buttons(buttons))).await
}

/// Opens the form.
pub async fn open_form(x: &Exchange) -> Result<(), Failure> {
    let field = CreateInputText::new(InputTextStyle::Short, x.text("register-field", &[]), FIELD)
        .min_length(3)
        .max_length(20);
    let modal = CreateModal::new(CustomId::RegisterModal.to_string(), x.text("register-title", &[]));
    x.open(modal.components(vec![CreateActionRow::InputText(field)])).await
}

/// Cancel: nothing changes.
pub async fn kept(x: &Exchange) -> Result<(), Failure> {
    x.replace(&Card::new(Mood::Plain, x.text("register-kept", &[]))).await
}

/// The form was sent.
pub async fn given(x: &Exchange, request: &Request) -> Result<(), Failure> {
    x.defer().await?;
    let Kind::Modal(_, fields) = &request.kind else { return Err(x.refusal("refuse-outdated", &[])) };
    let entered = fields.get(FIELD).map(String::as_str).unwrap_or_default();
    let shown = escape(entered);
    let grow_id: GrowId =
        entered.parse().map_err(|_| x.refusal("register-bad", &[("growId", shown.clone().into())]))?;
    let arguments = [("growId", shown.into())];
    let text = match register(&x.bot.store, x.bot.shop, x.user, &grow_id, x.locale).await? {
        Registration::Created(_) => x.text("register-done", &arguments),
        Registration::Changed { from, .. } => {
            let [grow_id] = arguments;
            x.text("register-changed", &[grow_id, ("from", escape(&from).into())])
        }
        Registration::Unchanged(_) => x.text("register-same", &arguments),
        Registration::Taken => return Err(x.refusal("register-taken", &arguments)),
    };
    x.show(Card::new(Mood::Good, text)).await
}
