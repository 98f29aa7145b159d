//! Registration: one Discord user, one GrowID, unique in any case.

use serenity::{
    all::InputTextStyle,
    builder::{CreateActionRow, CreateButton, CreateInputText, CreateModal},
};
use stockbot_store::{GrowId, Registration, customers::register};

use super::{error::ReplyError, options::Options, reply::Reply, request::Request};
use crate::{
    cards::{Card, Mood},
    custom_id::CustomId,
    texts::escape,
};

/// Name of the modal's only field.
const FIELD: &str = "grow_id";

/// The Register button: the form, or the current name with Change and Cancel.
pub async fn pressed(reply: &Reply) -> Result<(), ReplyError> {
    let Some(known) = reply.registered().await? else {
        return open_form(reply).await;
    };
    let buttons = vec![
        CreateButton::new(CustomId::RegisterChange.to_string()).label(reply.text("button-change", &[])),
        CreateButton::new(CustomId::RegisterKeep.to_string())
            .label(reply.text("button-cancel", &[]))
            .style(serenity::all::ButtonStyle::Secondary),
    ];
    let text = reply.text("register-card", &[("growId", escape(&known.grow_id).into())]);
    reply.show(Card::new(Mood::Plain, text).row(CreateActionRow::Buttons(buttons))).await
}

/// Opens the form.
pub async fn open_form(reply: &Reply) -> Result<(), ReplyError> {
    let field = CreateInputText::new(InputTextStyle::Short, reply.text("register-field", &[]), FIELD)
        .min_length(3)
        .max_length(20);
    let modal = CreateModal::new(CustomId::RegisterModal.to_string(), reply.text("register-title", &[]));
    reply.open(modal.components(vec![CreateActionRow::InputText(field)])).await
}

/// Cancel: nothing changes.
pub async fn kept(reply: &Reply) -> Result<(), ReplyError> {
    reply.replace(&Card::new(Mood::Plain, reply.text("register-kept", &[]))).await
}

/// `/growid`: as the button, or at once with a name.
pub async fn command(reply: &Reply, options: &Options<'_>) -> Result<(), ReplyError> {
    match options.text("name") {
        "" => pressed(reply).await,
        name => take(reply, name).await,
    }
}

/// The form was sent.
pub async fn given(reply: &Reply, request: &Request) -> Result<(), ReplyError> {
    take(reply, request.field(FIELD)).await
}

async fn take(reply: &Reply, entered: &str) -> Result<(), ReplyError> {
    reply.defer().await?;
    let shown = escape(entered);
    let grow_id: GrowId =
        entered.parse().map_err(|_| reply.refusal("register-bad", &[("growId", shown.clone().into())]))?;
    let arguments = [("growId", shown.into())];
    reply.begin_change();
    let text = match register(&reply.bot.store, reply.bot.shop, reply.user, &grow_id, reply.locale).await? {
        Registration::Created(_) => reply.text("register-done", &arguments),
        Registration::Changed { from, .. } => {
            let [grow_id] = arguments;
            reply.text("register-changed", &[grow_id, ("from", escape(&from).into())])
        }
        Registration::Unchanged(_) => reply.text("register-same", &arguments),
        Registration::Taken => return Err(reply.refusal("register-taken", &arguments)),
    };
    reply.show(Card::new(Mood::Good, text)).await
}
