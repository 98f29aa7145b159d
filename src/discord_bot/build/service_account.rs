//! The ServiceAccount: an identity of its own, without rights; its token is not mounted.

use k8s_openapi::api::core::v1::ServiceAccount;

use super::{super::validate::Validated, metadata};

/// Builds it.
#[must_use]
pub fn build(bot: &Validated) -> ServiceAccount {
    ServiceAccount {
        metadata: metadata(bot, bot.key.name.clone(), "bot"),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    }
}
