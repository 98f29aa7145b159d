//! One interaction and its answers: the acknowledgement within 3 s, then edits while the token lives.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use serenity::builder::CreateModal;
use stockbot_config::Locale;
use stockbot_store::{Actor, Arrival, CommandLog, Receipt, StoreError, money};
use tokio::time::timeout;

use super::{
    error::ReplyError,
    error_code::error_code,
    request::Request,
    stage::{Progress, Stage},
};
use crate::{
    cards::{Card, Mood, next_steps},
    context::{Bot, Sold},
    discord::{Effect, interactions::Acknowledged},
    texts::{self, Args},
};

/// Discord's callback types that the bot uses.
mod callback {
    pub const MESSAGE: u8 = 4;
    pub const DEFERRED_MESSAGE: u8 = 5;
    pub const DEFERRED_UPDATE: u8 = 6;
    pub const UPDATE: u8 = 7;
    pub const MODAL: u8 = 9;
}

/// One interaction being answered.
pub struct Reply {
    /// The bot.
    pub bot: Arc<Bot>,
    /// Discord id.
    pub id: u64,
    /// User.
    pub user: u64,
    /// The user's name.
    pub name: String,
    /// Roles of the member.
    pub roles: Vec<u64>,
    /// The user's language.
    pub locale: Locale,
    /// How far it has come.
    pub progress: Progress,
    token: String,
    began: Instant,
    /// Whether Discord took an acknowledgement is not known.
    doubtful: AtomicBool,
    left_open: AtomicBool,
    sold: Mutex<Option<Receipt>>,
    deed: Mutex<Option<String>>,
    pub(super) arrival: Option<Arrival>,
}

impl Reply {
    /// For an interaction that has just arrived.
    pub fn new(bot: Arc<Bot>, request: &Request, began: Instant) -> Self {
        Self {
            bot,
            id: request.id,
            user: request.user,
            name: request.name.clone(),
            roles: request.roles.clone(),
            locale: request.locale,
            token: request.token.clone(),
            progress: Progress::since(began.into()),
            began,
            doubtful: AtomicBool::new(false),
            left_open: AtomicBool::new(false),
            sold: Mutex::default(),
            deed: Mutex::default(),
            arrival: None,
        }
    }

    /// With what was read as it arrived.
    #[must_use]
    pub fn arrived(mut self, arrival: Arrival) -> Self {
        self.arrival = Some(arrival);
        self
    }

    /// For an interaction that another pod has acknowledged.
    pub fn resumed(bot: Arc<Bot>, request: &Request) -> Self {
        let reply = Self::new(bot, request, Instant::now());
        reply.progress.reach(Stage::Acknowledged);
        reply
    }

    /// The text `key` in the user's language.
    pub fn text(&self, key: &str, args: Args<'_>) -> String {
        texts::text(self.locale, key, args)
    }

    /// A refusal in the user's language.
    pub fn refusal(&self, key: &str, args: Args<'_>) -> ReplyError {
        ReplyError::Refused { text: self.text(key, args), next: Vec::new() }
    }

    /// An amount of the shop's currency, exactly.
    pub fn money(&self, amount: i64) -> String {
        money::format_exact(amount, &self.bot.config().shop.currency)
    }

    /// The interaction's token, for the one who finishes later.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The user as the author of a change.
    pub fn actor(&self) -> Actor {
        Actor { user_id: self.user, name: self.name.clone() }
    }

    /// "One moment": a reply of its own follows by [`Self::show`].
    pub async fn defer(&self) -> Result<(), ReplyError> {
        self.acknowledge(callback::DEFERRED_MESSAGE, Some(json!({"flags": 1 << 6}))).await
    }

    /// The message with the component stays as it is until [`Self::show`] replaces it.
    pub async fn defer_update(&self) -> Result<(), ReplyError> {
        self.acknowledge(callback::DEFERRED_UPDATE, None).await
    }

    /// Replaces the message with the component at once.
    pub async fn replace(&self, card: &Card) -> Result<(), ReplyError> {
        self.acknowledge(callback::UPDATE, Some(card.ephemeral())).await
    }

    /// Opens a modal.
    pub async fn open(&self, modal: CreateModal) -> Result<(), ReplyError> {
        let body = serde_json::to_value(serenity::builder::CreateInteractionResponse::Modal(modal))
            .unwrap_or_default();
        self.acknowledge(callback::MODAL, Some(body["data"].clone())).await
    }

    /// Shows the card: as the first answer, or instead of it.
    pub async fn show(&self, card: Card) -> Result<(), ReplyError> {
        if self.progress.stage() < Stage::Acknowledged {
            let doubtful = self.doubtful.load(Ordering::Acquire);
            match self.acknowledge(callback::MESSAGE, Some(card.ephemeral())).await {
                // Whichever of the two has arrived: people see this one.
                Ok(()) | Err(ReplyError::Elsewhere) if doubtful => {}
                answered => return answered,
            }
        }
        self.progress.reach(Stage::Answering);
        self.edit(card).await
    }

    /// Says that the answer takes longer; it replaces this.
    pub async fn takes_longer(&self) {
        let card = Card::new(Mood::Attention, self.text("answer-pending", &[]));
        if let Ok(Err(error)) = timeout(NOTICE_WITHIN, self.edit(card)).await {
            tracing::warn!(code = self.code(), %error, "that an answer takes longer could not be shown");
        }
    }

    /// Shows how far it is; the answer replaces this.
    pub async fn interim(&self, card: Card) {
        if let Ok(Err(error)) = timeout(NOTICE_WITHIN, self.edit(card)).await {
            tracing::warn!(code = self.code(), %error, "how far an answer is could not be shown");
        }
        self.progress.told();
    }

    async fn edit(&self, card: Card) -> Result<(), ReplyError> {
        let body = card.ephemeral();
        self.bot.rest.edit_response(self.bot.application, &self.token, body, card.files).await?;
        Ok(())
    }

    /// A further message that only the user sees.
    pub async fn also(&self, card: Card) -> Result<(), ReplyError> {
        self.progress.reach(Stage::Answering);
        let body = card.ephemeral();
        self.bot.rest.follow_up(self.bot.application, &self.token, body, card.files).await?;
        Ok(())
    }

    /// Something is about to be changed, or to take its time: the handler must run to its end.
    pub fn begin_change(&self) {
        self.progress.reach(Stage::Changing);
    }

    /// Leaves the final answer to the outbox or the recovery.
    pub fn leave_open(&self) {
        self.left_open.store(true, Ordering::Release);
    }

    /// Is the final answer left to somebody else?
    pub fn is_left_open(&self) -> bool {
        self.left_open.load(Ordering::Acquire)
    }

    /// What an administrator does with this interaction, for the log.
    pub fn note(&self, deed: String) {
        *self.deed.lock().unwrap_or_else(PoisonError::into_inner) = Some(deed);
    }

    /// What was noted.
    pub fn noted(&self) -> Option<String> {
        self.deed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// This interaction has bought; its final answer is the receipt, which follows the goods.
    pub fn sold(&self, receipt: Receipt) {
        *self.sold.lock().unwrap_or_else(PoisonError::into_inner) = Some(receipt);
    }

    /// What it has bought, if this pod has to deliver it.
    pub fn take_sold(&self, log: Option<&CommandLog>, began: Instant) -> Option<Sold> {
        let Receipt { order, units, held, .. } =
            self.sold.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let (held, log, alive) = (held?, log.cloned(), self.bot.tasks.token());
        Some(Sold { order, units, held, log, began, alive })
    }

    /// Tells the user why not. What goes wrong here is only logged: there is nobody left to tell.
    pub async fn refuse(&self, failure: &ReplyError) {
        let code = self.code();
        let known = matches!(failure, ReplyError::Refused { .. } | ReplyError::TooLate);
        if !known {
            self.bot.metrics.errors.with_label_values(&["interaction"]).inc();
            self.bot.state.failed(failure);
            tracing::error!(code, error = %failure, "an interaction failed");
        }
        if matches!(failure, ReplyError::Elsewhere) {
            self.bot.state.trouble_for("token", failure.to_string(), SHARED_FOR);
        }
        let text = match failure {
            ReplyError::TooLate | ReplyError::Elsewhere => return,
            ReplyError::Refused { text, .. } => text.clone(),
            ReplyError::Store(StoreError::CommitUnknown(_)) => self.text("refuse-interrupted", &[]),
            ReplyError::Store(error) if error.is_unavailable() => {
                self.text("refuse-unavailable", &[("code", code.as_str().into())])
            }
            ReplyError::Store(_) | ReplyError::Discord(_) => {
                self.text("refuse-error", &[("code", code.as_str().into())])
            }
        };
        let mut card = Card::new(if known { Mood::Attention } else { Mood::Bad }, text);
        if let ReplyError::Refused { next, .. } = failure
            && !next.is_empty()
        {
            card = card.row(next_steps(self.locale, next));
        }
        if let Err(error) = self.show(card).await {
            tracing::warn!(code, %error, "a refusal could not be shown");
        }
    }

    /// A short code that is shown to the user, in the log and in the console.
    pub fn code(&self) -> String {
        error_code(self.id)
    }

    async fn acknowledge(&self, kind: u8, data: Option<Value>) -> Result<(), ReplyError> {
        self.progress.reach(Stage::Acknowledging);
        let responded = self.bot.rest.respond(self.id, &self.token, kind, data).await;
        if responded.as_ref().is_err_and(|error| error.effect() == Effect::Unknown) {
            self.doubtful.store(true, Ordering::Release);
        }
        match responded? {
            Acknowledged::TooLate => return Err(ReplyError::TooLate),
            Acknowledged::Elsewhere => return Err(ReplyError::Elsewhere),
            Acknowledged::Yes => self.progress.reach(Stage::Acknowledged),
        }
        self.bot.metrics.interaction_ack.observe(self.began.elapsed().as_secs_f64());
        Ok(())
    }
}

/// After the last click that somebody else has answered, so long a token counts as used twice.
const SHARED_FOR: Duration = Duration::from_mins(10);
/// What is changed meanwhile, and so holds locks, does not wait longer for a notice.
const NOTICE_WITHIN: Duration = Duration::from_secs(3);
