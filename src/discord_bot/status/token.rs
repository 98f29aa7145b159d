//! The `TokenValid` condition: did Discord accept the token?

use stockbot_config::{exit::Reason, status::TokenState};

use super::observed::Observed;
use crate::{api::conditions::Finding, discord_bot::halt::HaltReason};

/// `TokenValid`.
pub fn token_valid(observed: &Observed<'_>) -> Finding {
    let secret = &observed.bot.spec.token_secret_ref.name;
    let halted = observed.halt().is_some_and(|halt| halt.reason == HaltReason::TokenInvalid);
    let ended = observed.current_pods().filter(|pod| !pod.ready).filter_map(|pod| pod.failure());
    let state = |wanted| observed.statuses().any(|status| status.token == wanted);
    let (status, reason, message) = if halted
        || ended.into_iter().any(|end| end.reason == Reason::TokenRejected)
        || state(TokenState::Rejected)
    {
        (
            Some(false),
            "Rejected",
            format!("Discord rejected the token in Secret {secret}; put a valid one in"),
        )
    } else if state(TokenState::Accepted) {
        (Some(true), "Accepted", "Discord accepted the token".into())
    } else {
        (None, "Unknown", "not known until a pod has asked Discord".into())
    };
    Finding::new("TokenValid", status, reason, message)
}
