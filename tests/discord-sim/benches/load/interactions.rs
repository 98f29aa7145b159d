//! People who click buttons, and bots that answer: click, delivery through the gateway, first answer, and then a
//! follow-up message or, after "thinking", the edit that fills it in.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use crate::client::Client;
use crate::sessions::{Clicked, Sessions};
use crate::target::{BOTS_PER_GUILD, GUILDS, Target, application, channel, token, user};

/// What the interactions of a time took.
#[derive(Default)]
pub struct Outcome {
    /// From click to first answer in ms.
    pub answered: Vec<f64>,
    /// From click to the last request in ms.
    pub done: Vec<f64>,
}

/// REST requests per interaction: the first answer and what follows it.
pub const REST_EACH: f64 = 2.0;

const BUTTON: &str = r#"{"content":"Shop","components":[{"type":1,"components":[{"type":2,"style":1,"label":"Buy","custom_id":"buy"}]}]}"#;
const ANSWER: &str = r#"{"type":4,"data":{"content":"Bought: 1 World Lock for 10","flags":64}}"#;
const DEFER: &str = r#"{"type":5,"data":{"flags":64}}"#;
const MORE: &str =
    r#"{"content":"Left: 11","flags":64,"embeds":[{"title":"World Lock","description":"Yours"}]}"#;

/// How long to go on.
#[derive(Clone, Copy)]
pub enum Until {
    Time(Instant),
    Each(usize),
}

impl Until {
    fn over(self, done: usize) -> bool {
        match self {
            Self::Time(end) => Instant::now() >= end,
            Self::Each(count) => done >= count,
        }
    }
}

/// Lets so many people, each in a guild of its own, click one button after the other.
pub async fn run(target: &Target, sessions: &mut Sessions, people: usize, until: Until) -> Outcome {
    let mut tasks = Vec::new();
    let unused = sessions.clicked.split_off(people.min(GUILDS));
    for (guild, clicked) in sessions.clicked.drain(..).enumerate() {
        let (person, bot) = (Client::new(&target.url).await, Client::new(&target.url).await);
        tasks.push(tokio::spawn(click(person, bot, guild, clicked, until)));
    }
    let mut outcome = Outcome::default();
    for task in tasks {
        let (one, clicked) = task.await.unwrap();
        outcome.answered.extend(one.answered);
        outcome.done.extend(one.done);
        sessions.clicked.push(clicked);
    }
    sessions.clicked.extend(unused);
    outcome
}

async fn click(
    mut person: Client,
    mut bot: Client,
    guild: usize,
    mut clicked: mpsc::UnboundedReceiver<Clicked>,
    until: Until,
) -> (Outcome, mpsc::UnboundedReceiver<Clicked>) {
    let mut clicks = Vec::new();
    for number in guild * BOTS_PER_GUILD..(guild + 1) * BOTS_PER_GUILD {
        let path = format!("/api/v10/channels/{}/messages", channel(number, 0));
        let message = bot.done("POST", &path, &token(number), BUTTON).await;
        let message: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
        clicks.push((number, format!(r#"{{"message_id":{},"custom_id":"buy"}}"#, message["id"])));
    }
    let path = format!("/_sim/users/{}/click", user(guild));
    let mut outcome = Outcome::default();
    while !until.over(outcome.done.len()) {
        let turn = outcome.done.len();
        let (number, body) = &clicks[turn % clicks.len()];
        let start = Instant::now();
        person.done("POST", &path, "", body).await;
        let got = clicked.recv().await.unwrap();
        let (first, method, rest) = if turn.is_multiple_of(2) {
            (ANSWER, "POST", "")
        } else {
            (DEFER, "PATCH", "/messages/@original")
        };
        let callback = format!("/api/v10/interactions/{}/{}/callback", got.id, got.token);
        bot.done("POST", &callback, "", first).await;
        outcome.answered.push(milliseconds(start.elapsed()));
        let hook = format!("/api/v10/webhooks/{}/{}{rest}", application(*number), got.token);
        bot.done(method, &hook, "", MORE).await;
        outcome.done.push(milliseconds(start.elapsed()));
    }
    (outcome, clicked)
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
