//! What administrators did and what failed: every command in the audit trail, with its outcome, and a line in the log channel.

use serde_json::json;
use stockbot_store::{Actor, CommandOutcome, Severity, StoreError, lines::owe_line, logs::audit_log};

use super::route::is_admin;
use crate::{
    context::Bot,
    interactions::{
        ending::label,
        reply::Reply,
        request::{Kind, Request},
    },
    texts::{escape, text},
};

/// Longest line of the log channel's.
const LINE: usize = 600;

/// Writes down what an administrator did, or that something failed.
pub async fn write_down(
    bot: &Bot,
    request: &Request,
    reply: &Reply,
    outcome: CommandOutcome,
    why: Option<&str>,
) -> Result<(), StoreError> {
    let deed = deed(request, reply);
    if let Some(deed) = &deed {
        let details = json!({ "outcome": label(outcome), "arguments": request.arguments(), "reason": why });
        let severity = if outcome == CommandOutcome::Success { Severity::Info } else { Severity::Warning };
        let actor = Actor { user_id: request.user, name: request.name.clone() };
        audit_log(&bot.store, bot.shop, severity, "admin.command", &actor, deed, &details).await?;
    }
    let key = match (outcome, &deed) {
        (CommandOutcome::Success, Some(_)) => "log-admin",
        (CommandOutcome::Error, _) => "log-failure",
        _ => return Ok(()),
    };
    let Some(channel) = bot.config().shop.channels.log.0 else { return Ok(()) };
    let arguments = [
        ("name", escape(&request.name).into()),
        ("user", request.user.to_string().into()),
        ("what", escape(&deed.unwrap_or_else(|| request.command())).into()),
        ("code", reply.code().into()),
    ];
    let line: String = text(bot.locale(), key, &arguments).chars().take(LINE).collect();
    let nonce = format!("a{}", request.id);
    owe_line(&bot.store, bot.shop, (&bot.key(), bot.application), channel.get(), &nonce, &line).await?;
    bot.wakeups.outbox.notify_one();
    Ok(())
}

/// What it is, if it is an administrator's: the command with its arguments, or what was confirmed.
fn deed(request: &Request, reply: &Reply) -> Option<String> {
    if let Some(noted) = reply.noted() {
        return Some(noted);
    }
    let Kind::Command { path, .. } = &request.kind else { return None };
    if !is_admin(path) {
        return None;
    }
    let arguments = request.arguments();
    let shown = arguments.as_object().into_iter().flatten().map(|(name, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!(" {name}: {value}")
    });
    Some(format!("/{path}{}", shown.collect::<String>()))
}
