//! Where one display stands, as `/status` tells the operator.
//!
//! Says only what it has found out: a pod that has just taken over is silent about a display until its first outcome, and what the
//! pod before it said stands. A database that is away is no fault of the display.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use stockbot_config::{
    DisplayConfig,
    status::{DisplayState, DisplayStatus, LastError, ProductCounts},
};

use super::{health::Record, message::Rendered, publish::PublishError};
use crate::context::Bot;

/// Failures in a row after which the message counts as degraded (product.md B4).
const ATTEMPTS: u32 = 3;

/// What is known of a display.
pub struct Standing {
    status: DisplayStatus,
    /// Has there been an outcome that says where it stands?
    known: bool,
    record: Record,
    failures: u32,
}

impl Standing {
    /// Nothing is known yet.
    pub fn new(display: &DisplayConfig) -> Self {
        let status = DisplayStatus {
            name: display.name.clone(),
            settings_hash: display.settings_hash.clone(),
            state: DisplayState::NotYetPublished,
            message: String::new(),
            message_id: None,
            message_url: None,
            last_published_at: None,
            last_error: None,
            buttons_present: false,
            products: ProductCounts::default(),
            health: None,
        };
        Self { status, known: false, record: Record::default(), failures: 0 }
    }

    /// The display has other settings from now on; what was found out concerned the old ones.
    pub fn concerns(&mut self, display: &DisplayConfig) {
        if self.status.settings_hash != display.settings_hash {
            self.known = false;
        }
        self.status.settings_hash.clone_from(&display.settings_hash);
        self.failures = 0;
    }

    /// Failures in a row.
    pub fn failures(&self) -> u32 {
        self.failures
    }

    /// An edit or a post took so long.
    pub fn tried(&mut self, took: Duration, succeeded: bool, buttons: bool) {
        self.record.add(Instant::now(), took, succeeded, buttons);
    }

    /// Discord shows the message.
    pub fn shows(
        &mut self,
        message: u64,
        link: String,
        published_at: Option<Timestamp>,
        rendered: &Rendered,
    ) {
        self.status.message_id = Some(message.to_string());
        self.status.message_url = Some(link);
        self.status.last_published_at = published_at;
        self.status.products = rendered.counts;
        self.status.buttons_present = true;
        let state = if rendered.maintenance { DisplayState::Maintenance } else { DisplayState::Published };
        self.set_state(state, String::new());
    }

    /// There is no message, as wanted.
    pub fn hidden(&mut self) {
        self.without_message();
        self.status.buttons_present = false;
        self.set_state(DisplayState::Hidden, String::new());
    }

    /// It is as it should be.
    pub fn succeeded(&mut self) {
        self.failures = 0;
    }

    /// It could not be brought up to date.
    pub fn failed(&mut self, error: &PublishError, channel: u64) {
        self.failures += 1;
        self.status.last_error = Some(LastError { time: Timestamp::now(), message: error.to_string() });
        match (error.state(channel), error) {
            (Some((state, message)), _) => {
                self.without_message();
                self.set_state(state, message);
            }
            (None, PublishError::Discord(_)) if self.failures >= ATTEMPTS => {
                self.set_state(DisplayState::ButtonsFailing, format!("{error}; it is tried again"));
            }
            _ => {}
        }
    }

    fn without_message(&mut self) {
        self.status.message_id = None;
        self.status.message_url = None;
    }

    fn set_state(&mut self, state: DisplayState, message: String) {
        self.known = true;
        self.status.state = state;
        self.status.message = message;
    }

    /// Puts it where the operator reads it.
    pub fn report(&mut self, bot: &Bot) {
        let health = self.record.health();
        bot.metrics.update_success_rate.set(health.update_success_rate.parse().unwrap_or(1.0));
        bot.metrics.button_creation_success_rate.set(health.button_success_rate.parse().unwrap_or(1.0));
        self.status.health = Some(health);
        if !self.known {
            return;
        }
        let own = self.status.clone();
        bot.state.update(|status| {
            status.displays.retain(|display| display.name != own.name);
            status.displays.push(own);
            status.displays.sort_by(|a, b| a.name.cmp(&b.name));
        });
    }
}

#[cfg(test)]
mod tests {
    use stockbot_config::Config;
    use stockbot_store::StoreError;

    use super::*;
    use crate::discord::RestError;

    fn standing() -> Standing {
        let text = "bot: a\nnamespace: b\nguildId: \"1100000000000000001\"\nshop: {}\ndisplays: [{name: main, channelId: \"1100000000000000010\"}]\n";
        Standing::new(&Config::parse(text, "test").unwrap().displays[0])
    }

    #[test]
    fn a_database_that_is_away_does_not_change_where_a_display_stands() {
        let mut standing = standing();
        standing.set_state(DisplayState::Published, String::new());
        for _ in 0..2 * ATTEMPTS {
            standing.failed(&PublishError::Store(StoreError::Unavailable("away".into())), 1);
        }
        assert_eq!(standing.status.state, DisplayState::Published);
        assert!(standing.status.last_error.as_ref().is_some_and(|error| error.message.contains("away")));
    }

    #[test]
    fn discord_refusing_the_message_again_and_again_is_told_until_it_succeeds() {
        let mut standing = standing();
        let refused = RestError::Refused {
            call: "PATCH".into(),
            status: 400,
            code: 50_035,
            message: "Invalid emoji".into(),
        };
        for failure in 1..=ATTEMPTS {
            assert!(!standing.known, "not after {failure}");
            standing.failed(&PublishError::Discord(refused.clone()), 1);
        }
        assert_eq!(standing.status.state, DisplayState::ButtonsFailing);
        assert!(standing.status.message.contains("Invalid emoji"));
    }
}
