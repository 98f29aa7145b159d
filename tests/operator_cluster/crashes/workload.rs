//! What people do to a shop, one after the other: each begins with what the one before has left.

use serde_json::json;
use stockbot_operator::api::{DiscordBot, StockDisplay, names};

use crate::{BOT, world::World};

/// The bot that is there all the time, with a token of its own.
pub const OTHER: &str = "second";
/// A display that comes and goes with the bot.
const SHELF: &str = "shelf";
/// A display that is moved and deleted.
const MAIN: &str = "main";

/// One deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Workload {
    /// Nobody does anything; the operator is told to stop and started again.
    Restart,
    Create,
    AddDisplay,
    ChangeImage,
    RotateToken,
    ScaleUp,
    ScaleDown,
    MoveDisplay,
    DeleteDisplay,
    Pause,
    Resume,
    DeleteBot,
}

impl Workload {
    /// In the order of a cycle: afterwards it is as before.
    pub const CYCLE: [Self; 12] = [
        Self::Restart,
        Self::Create,
        Self::AddDisplay,
        Self::ChangeImage,
        Self::RotateToken,
        Self::ScaleUp,
        Self::ScaleDown,
        Self::MoveDisplay,
        Self::DeleteDisplay,
        Self::Pause,
        Self::Resume,
        Self::DeleteBot,
    ];

    /// One that changes objects of that kind while the operator watches.
    pub fn bringing(resource: &str) -> Option<Self> {
        match resource {
            // Written by the operator alone, or by nobody here.
            "leases" | "customresourcedefinitions" => None,
            "secrets" => Some(Self::RotateToken),
            "poddisruptionbudgets" => Some(Self::ScaleUp),
            _ => Some(Self::Create),
        }
    }

    /// What must be so before it begins.
    pub async fn prepare(self, world: &World) {
        if self == Self::Create {
            world.secret("growshop-discord", "token", "MTEw.abc.def").await;
        }
    }

    /// Does it.
    pub async fn begin(self, world: &World) {
        let bot = async |change| drop(world.patch::<DiscordBot>(BOT, change).await);
        let annotated = |value| json!({"metadata": {"annotations": {names::PAUSED: value}}});
        match self {
            Self::Restart => {}
            Self::Create => {
                world.bot("  probes: {deep: {period: 1s}}\n").await;
                world.display(SHELF, BOT, 20).await;
            }
            Self::AddDisplay => drop(world.display(MAIN, BOT, 10).await),
            Self::ChangeImage => bot(json!({"spec": {"image": "registry.example.com/stockbot:2"}})).await,
            Self::RotateToken => world.secret("growshop-discord", "token", "MTEw.new.token").await,
            Self::ScaleUp => bot(json!({"spec": {"replicas": 2}})).await,
            Self::ScaleDown => bot(json!({"spec": {"replicas": 1}})).await,
            Self::MoveDisplay => {
                let moved = json!({"spec": {"botRef": {"name": OTHER}}});
                drop(world.patch::<StockDisplay>(MAIN, moved).await);
            }
            Self::DeleteDisplay => world.delete::<StockDisplay>(MAIN).await,
            Self::Pause => {
                let mut change = annotated(json!("true"));
                change["spec"] = json!({"lowStockThreshold": 3});
                bot(change).await;
            }
            Self::Resume => bot(annotated(json!(null))).await,
            Self::DeleteBot => {
                world.delete::<DiscordBot>(BOT).await;
                world.delete::<StockDisplay>(SHELF).await;
            }
        }
    }
}

/// The bot that stays, with a display, in a fresh namespace.
pub async fn other_bot(world: &World) {
    world.secret("second-discord", "token", "MTIw.abc.def").await;
    let yaml = format!(
        "apiVersion: stockbot.dev/v1alpha1\nkind: DiscordBot\nmetadata: {{name: {OTHER}}}\nspec:\n  \
         tokenSecretRef: {{name: second-discord}}\n  guildId: \"1100000000000000001\"\n  \
         database: {{urlSecretRef: {{name: shop-postgres}}}}\n  probes: {{deep: {{period: 1s}}}}\n  \
         podTemplate: {{nodeSelector: {{stockbot.dev/none: \"true\"}}}}\n"
    );
    world.apply(&yaml).await.unwrap();
    // Of its own, so that it is held from the first.
    world.display("window", OTHER, 30).await;
}
