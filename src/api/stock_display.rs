//! The `StockDisplay` kind: one live stock message. Fields and bounds are those of api.md section 2.

use kube::CustomResource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use stockbot_config::{DisplaySettings, schema::OBJECT_NAME};

use super::{bounds::named, status::StockDisplayStatus};

/// Names a `DiscordBot` of the same namespace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BotRef {
    /// Name of the `DiscordBot`, in the object's own namespace.
    #[schemars(length(max = 253), regex(pattern = OBJECT_NAME))]
    pub name: String,
}

/// A live stock message in one channel, kept by one bot.
#[derive(CustomResource, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[kube(
    group = "stockbot.dev",
    version = "v1alpha1",
    kind = "StockDisplay",
    plural = "stockdisplays",
    singular = "stockdisplay",
    shortname = "sd",
    category = "stockbot",
    namespaced,
    status = "StockDisplayStatus",
    derive = "PartialEq",
    doc = "A live stock message in one channel, kept by one bot.",
    validation = named(
        "self.metadata.name.size() <= 63",
        "metadata.name must not be longer than 63 characters: the ids of the message's buttons hold it"
    ),
    printcolumn(
        name = "Bot",
        type_ = "string",
        json_path = ".spec.botRef.name",
        description = "The bot that keeps the message"
    ),
    printcolumn(
        name = "Channel",
        type_ = "string",
        json_path = ".spec.channelId",
        description = "The Discord channel"
    ),
    printcolumn(
        name = "Published",
        type_ = "string",
        json_path = ".status.conditions[?(@.type==\"Published\")].status",
        description = "Is the message as it should be"
    ),
    printcolumn(
        name = "Products",
        type_ = "integer",
        json_path = ".status.products.shown",
        description = "Products listed"
    ),
    printcolumn(
        name = "Health",
        type_ = "integer",
        json_path = ".status.health.score",
        description = "0 to 100"
    ),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp",
        description = "Age"
    )
)]
#[serde(rename_all = "camelCase")]
pub struct StockDisplaySpec {
    /// The bot that keeps the message; may be changed: the old bot removes its message, the new one posts.
    pub bot_ref: BotRef,
    /// What is shown, and where.
    #[serde(flatten)]
    pub settings: DisplaySettings,
}
